// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'goody',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pa',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pa' },
      body: '{"type":"order.created","created_at":"2026-01-01T00:00:00Z","data":{"id":"c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4c","status":"created","recipient_first_name":"Lee","order_batch_id":"0f9a5a1e-2b7c-4d7f-9f0a-7f7a3f9d2c11","amount":{"price_total":5500}}}',
    },
    {
      name: 'valid-order-shipped',
      type: 'order.shipped',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pb',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pb' },
      body: '{"type":"order.shipped","created_at":"2026-01-01T00:00:05Z","data":{"id":"c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4d","status":"shipped"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
});
