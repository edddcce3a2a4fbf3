// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

const event = (name, type, id, body) => ({ name, type, id, headers: { 'svix-id': id }, body: JSON.stringify(body) });

await suite({
  provider: 'pleo',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'v1.export-item.created', 'msg_38A1bC2dE3fG4hI5jK6lM7nP1ea', { type: 'v1.export-item.created', data: { companyId: '7d2c1a84-3f5b-4b0e-9b55-0d6a2c9a7e10', exportItemId: '2b9f3c1e-6d4a-4c8b-8f7e-1a2b3c4d5e6f' } }),
    event('valid-updated', 'v1.export-item.updated', 'msg_38A1bC2dE3fG4hI5jK6lM7nP1eb', { type: 'v1.export-item.updated', data: { companyId: '7d2c1a84-3f5b-4b0e-9b55-0d6a2c9a7e10', note: 'Käffee' } }),
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
