// packages: svix@1.99.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'svix';

const event = (name, type, id, data) => ({ name, type, id, headers: { 'svix-id': id }, body: JSON.stringify({ type, event: 'dropoff_complete', data: { jobId: 'job_7hTq2vXf4b9kLz', externalId: 'order-1042', ...data } }) });

await suite({
  provider: 'nash',
  by: 'svix@1.99.1 Webhook.verify, whose scheme it is',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'delivery', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', { id: 'dlv_9x2mA7cQ4LrTz', status: 'dropoff_complete', courierName: 'Zoë' }),
    event('valid-task', 'task', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X', { id: 'tsk_9x2mA7cQ4LrTz' }),
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = new Webhook(secret).sign(request.headers['svix-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['svix-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['svix-id'],
  },
});
