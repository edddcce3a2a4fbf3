// packages: connect-sdk-nodejs@5.2.0
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';

const { newSignatureValidator } = createRequire(import.meta.url)('connect-sdk-nodejs/lib/webhooks/validation.js');
const event = (type, id) => JSON.stringify({
  apiVersion: 'v1', id, created: '2026-01-01T00:00:00.040+01:00', merchantId: '20000', type, payment: { id: '00000200000143570012', status: 'PAID', note: 'Café' },
});
const head = { 'x-gcs-keyid': 'dummy-key-id' };
const url = 'https://hooks.example.com/in/worldline';
const check = (value) => ({ method: 'GET', url, headers: { 'x-gcs-webhooks-endpoint-verification': value } });

await suite({
  provider: 'worldline',
  by: 'connect-sdk-nodejs@5.2.0 newSignatureValidator',
  config: { secrets: ['hello+world+of+webhooks+12345678'] },
  bodies: [
    { name: 'valid', type: 'payment.paid', id: '8ee793f6-4553-4749-85dc-f2ef095c5ab0', headers: head, body: event('payment.paid', '8ee793f6-4553-4749-85dc-f2ef095c5ab0') },
    { name: 'valid-created', type: 'payment.created', id: '8ee793f6-4553-4749-85dc-f2ef095c5ab1', headers: head, body: event('payment.created', '8ee793f6-4553-4749-85dc-f2ef095c5ab1') },
  ],
  sign(request, secret) {
    request.headers['x-gcs-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  async accepts(request, secret) {
    await newSignatureValidator({ getSecretKey: async () => secret }).validate(request.body, request.headers);
    return true;
  },
  extra: [
    { case: 'handshake', expect: 'handshake', ...check('c6a1e5f0b2d94783'), expect_status: 200, expect_reply: 'c6a1e5f0b2d94783' },
    { case: 'handshake-markup', expect: 'reject', ...check('<script>alert(1)</script>') },
    { case: 'get-without-the-header', expect: 'reject', method: 'GET', url, headers: {} },
  ],
});
