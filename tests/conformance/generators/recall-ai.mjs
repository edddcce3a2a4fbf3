// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

const event = (name, type, id, body) => ({ name, type, id, headers: { 'webhook-id': id }, body: JSON.stringify(body) });

await suite({
  provider: 'recall-ai',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'bot.done', 'msg_loFOjxBNrRLzqYUf', { event: 'bot.done', data: { data: { code: 'done', sub_code: null, updated_at: '2026-01-01T00:00:00.000000Z' }, bot: { id: 'c6b9b2a1-3d4e-4f5a-8b6c-7d8e9f0a1b2c', metadata: { team: 'blue' } } } }),
    event('valid-in-call', 'bot.in_call_recording', 'msg_loFOjxBNrRLzqYUg', { event: 'bot.in_call_recording', data: { data: { code: 'in_call_recording', sub_code: null, updated_at: '2026-01-01T00:00:00.000000Z' }, bot: { id: 'c6b9b2a1-3d4e-4f5a-8b6c-7d8e9f0a1b2c', metadata: { team: 'blue' } } } }),
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
