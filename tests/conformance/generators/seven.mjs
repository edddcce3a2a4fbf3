// packages: @seven.io/client@5.6.0
import { suite, hmac } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const { WebhookVerifier } = createRequire(import.meta.url)('@seven.io/client');

await suite({
  provider: 'seven',
  by: '@seven.io/client@5.6.0 WebhookVerifier.verify',
  config: { secrets: ['lBbS3bZ3Zt5vX8yA2cD4eF6gH8iJ0kL1'] },
  bodies: [
    {
      name: 'valid',
      type: 'sms_mo',
      body: '{"webhook_event":"sms_mo","webhook_timestamp":"2026-01-01T00:00:00+00:00","data":{"id":"681590","system":"4915112345678","sender":"491799999999","time":"1767225600","text":"Hello"}}',
    },
    {
      name: 'valid-dlr',
      type: 'dlr',
      body: '{"webhook_event":"dlr","webhook_timestamp":"2026-01-01T00:00:05+00:00","data":{"msg_id":"77133879512","status":"DELIVERED","timestamp":"2026-01-01 00:00:05.000000","foreign_id":"order-42"}}',
    },
  ],
  async sign(request, secret, now) {
    const nonce = '31415926535897932384626433832795';
    const digest = createHash('md5').update(request.body).digest('hex');
    request.headers['x-timestamp'] = String(now);
    request.headers['x-nonce'] = nonce;
    request.headers['x-signature'] = hmac('sha256', secret, [now, nonce, request.method, request.url, digest].join('\n'));
  },
  async accepts(request, secret) {
    const verifier = new WebhookVerifier({ signingSecret: secret });
    const { valid } = await verifier.verify({ headers: request.headers, body: request.text, method: request.method, url: request.url });
    return valid;
  },
  signature: 'x-signature',
  covers: ['body', 'url', 'method'],
  timestamped: { tolerance_s: 300 },
  longBody: 1500,
});
