// packages: hook0-client@1.1.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { verifyWebhookSignatureWithCurrentTime } from 'hook0-client';

await suite({
  provider: 'hook0',
  by: 'hook0-client@1.1.0 verifyWebhookSignatureWithCurrentTime',
  config: { secrets: ['6f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'billing.invoice.paid',
      id: 'f4a9b0c1-2d3e-4f50-8a6b-7c8d9e0f1a2b',
      headers: { 'user-agent': 'Hook0-output-worker/1.0', 'x-event-id': 'f4a9b0c1-2d3e-4f50-8a6b-7c8d9e0f1a2b', 'x-event-type': 'billing.invoice.paid' },
      body: '{"invoice":{"id":"inv_42","amount":1990,"currency":"EUR","customer":"cus_7"},"paid_at":"2026-01-01T00:00:00Z"}',
    },
    {
      name: 'valid-auth-user-created',
      type: 'auth.user.created',
      id: 'f4a9b0c1-2d3e-4f50-8a6b-7c8d9e0f1a2c',
      headers: { 'x-event-id': 'f4a9b0c1-2d3e-4f50-8a6b-7c8d9e0f1a2c', 'x-event-type': 'auth.user.created' },
      body: '{"user":{"id":"usr_1","email":"jon@example.com"}}',
    },
  ],
  sign(request, secret, now) {
    const names = ['x-event-id', 'x-event-type'];
    const values = names.map((name) => request.headers[name]);
    const content = `${now}.${names.join(' ')}.${values.join('.')}.${request.text}`;
    request.headers['x-hook0-signature'] = `t=${now},h=${names.join(' ')},v1=${hmac('sha256', secret, content)}`;
  },
  accepts(request, secret) {
    const headers = new Headers(request.headers);
    return verifyWebhookSignatureWithCurrentTime(request.headers['x-hook0-signature'], request.body, headers, secret, 300, new Date());
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-type': (request) => put(request, 'x-event-type', 'billing.invoice.voided'),
    'another-id': (request) => put(request, 'x-event-id', 'f4a9b0c1-2d3e-4f50-8a6b-7c8d9e0f1a2d'),
  },
});
