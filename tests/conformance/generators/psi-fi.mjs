// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

const event = (name, type, id, body) => ({ name, type, id, headers: { 'svix-id': id }, body: JSON.stringify(body) });

await suite({
  provider: 'psi-fi',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'order.completed', 'msg_38A1bC2dE3fG4hI5jK6lM7nQ2fa', { type: 'order.completed', data: { id: 'ord_5f1c2e8a3b1d', status: 'completed', amount: '25.00', currency: 'USD', customer: { email: 'jane@example.com' } } }),
    event('valid-failed', 'order.failed', 'msg_38A1bC2dE3fG4hI5jK6lM7nQ2fb', { type: 'order.failed', data: { id: 'ord_5f1c2e8a3b1e', status: 'failed', note: 'Zoë' } }),
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts: (request, secret) => new Webhook(secret).verify(request.text, request.headers) !== null,
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
    'another-version': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
});
