// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

const event = (name, type, id, body) => ({ name, type, id, headers: { 'webhook-id': id }, body: JSON.stringify(body) });

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const read = '{"id":"evt_5f1c2e8a3b1d4b10","type":"message.read","timestamp":"2026-01-01T00:00:00.000Z"}';

await suite({
  provider: 'novu',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: [secret] },
  bodies: [
    event('valid', 'message.sent', 'msg_38A1bC2dE3fG4hI5jK6lM7nR3ga', { id: 'evt_5f1c2e8a3b1d4b0e', type: 'message.sent', timestamp: '2026-01-01T00:00:00.000Z', environmentId: '64f1b2c3d4e5f60718293a00', data: { object: { _id: '65a1b2c3d4e5f60718293a4b', transactionId: 'txn_5f1c2e8a3b1d', channel: 'email', subscriberId: 'user-42' }, type: 'message.sent' } }),
    event('valid-workflow', 'workflow.updated', 'msg_38A1bC2dE3fG4hI5jK6lM7nR3gb', { id: 'evt_5f1c2e8a3b1d4b0f', type: 'workflow.updated', timestamp: '2026-01-01T00:00:05.000Z', data: { object: { _id: '65a1b2c3d4e5f60718293a4c', name: 'Größe' } } }),
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts: (request, secret) => new Webhook(secret).verify(request.text, request.headers) !== null,
  signature: 'webhook-signature',
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'svix-names-with-another-id': (request) => {
      for (const name of ['id', 'timestamp', 'signature']) put(request, `svix-${name}`, request.headers[`webhook-${name}`]);
      put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y');
    },
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
  lenient: ['svix-names-with-another-id'],
  extra: [
    {
      case: 'valid-svix-names', expect: 'accept', type: 'message.read', id: 'msg_38A1bC2dE3fG4hI5jK6lM7nR3gc', body: read,
      headers: { 'content-type': 'application/json', 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nR3gc', 'svix-timestamp': '1767225600', 'svix-signature': new Webhook(secret).sign('msg_38A1bC2dE3fG4hI5jK6lM7nR3gc', new Date(1767225600000), read) },
    },
  ],
});
