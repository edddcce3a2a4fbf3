// packages: @whop/sdk@0.0.42
import { suite, hmac, put } from '../lib/cases.mjs';
import { Whop } from '@whop/sdk';

// The client takes the secret in base64, so the key is the secret as it is shown.
const client = new Whop({ apiKey: 'key', webhookKey: 'a2V5' });

await suite({
  provider: 'whop',
  by: '@whop/sdk@0.0.42 Webhooks.unwrap',
  config: { secrets: ['ws_1f0c8a7d6b5e4c3d2a1b0f9e8d7c6b5a4f3e2d1c0b9a8f7e'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment.succeeded',
      id: 'msg_xxxxxxxxxxxx1a2b3c',
      headers: { 'webhook-id': 'msg_xxxxxxxxxxxx1a2b3c' },
      body: '{"id":"msg_xxxxxxxxxxxx1a2b3c","api_version":"v1","timestamp":"2026-01-01T00:00:00.000Z","type":"payment.succeeded","company_id":"biz_a1b2c3d4e5f6g7","data":{"id":"pay_a1b2c3d4e5f6g7","status":"paid","total":19.9,"currency":"usd","user":{"id":"user_a1b2c3d4e5f6g","username":"john"},"membership":{"id":"mem_a1b2c3d4e5f6g7","status":"active"}}}',
    },
    {
      name: 'valid-membership-activated',
      type: 'membership.activated',
      id: 'msg_xxxxxxxxxxxx1a2b3d',
      headers: { 'webhook-id': 'msg_xxxxxxxxxxxx1a2b3d' },
      body: '{"id":"msg_xxxxxxxxxxxx1a2b3d","api_version":"v1","timestamp":"2026-01-01T00:00:05.000Z","type":"membership.activated","company_id":"biz_a1b2c3d4e5f6g7","data":{"id":"mem_a1b2c3d4e5f6g7","status":"active","user":{"id":"user_a1b2c3d4e5f6g","username":"john"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', secret, `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    client.webhooks.unwrap(request.text, { headers: request.headers, key: Buffer.from(secret).toString('base64') });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
