// packages: coinbase-commerce-node@1.0.4
import { hmac, suite } from '../lib/cases.mjs';
import commerce from 'coinbase-commerce-node';

await suite({
  provider: 'coinbase-commerce',
  by: 'coinbase-commerce-node@1.0.4 Webhook.verifySigHeader',
  config: { secrets: ['14a6c75f-7e5e-4d5a-8a5c-2b6f1c0d9e31'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge:confirmed',
      id: '24934862-d980-46cb-9402-43c81b0cdba6',
      body: '{"attempt_number":1,"event":{"api_version":"2018-03-22","created_at":"2026-01-01T00:00:00Z","data":{"code":"66BEOV2A","name":"The Sovereign Individual","hosted_url":"https://commerce.coinbase.com/charges/66BEOV2A","created_at":"2025-12-31T23:55:00Z","expires_at":"2026-01-01T00:55:00Z","pricing":{"local":{"amount":"100.00","currency":"USD"}},"timeline":[{"time":"2025-12-31T23:55:00Z","status":"NEW"}],"id":"f765421f-2320-4d4d-9a1b-4f0e3d7c0c11"},"id":"24934862-d980-46cb-9402-43c81b0cdba6","resource":"event","type":"charge:confirmed"},"id":"4d4d2c3a-6f0e-4e86-8a1f-8a2d6d2c4b10","scheduled_for":"2026-01-01T00:00:00Z"}',
    },
    {
      name: 'valid-charge-created',
      type: 'charge:created',
      id: '24934862-d980-46cb-9402-43c81b0cdba7',
      body: '{"attempt_number":1,"event":{"api_version":"2018-03-22","created_at":"2026-01-01T00:00:00Z","data":{"code":"66BEOV2A","name":"The Sovereign Individual","hosted_url":"https://commerce.coinbase.com/charges/66BEOV2A","created_at":"2025-12-31T23:55:00Z","expires_at":"2026-01-01T00:55:00Z","pricing":{"local":{"amount":"100.00","currency":"USD"}},"timeline":[{"time":"2025-12-31T23:55:00Z","status":"NEW"}],"id":"f765421f-2320-4d4d-9a1b-4f0e3d7c0c11"},"id":"24934862-d980-46cb-9402-43c81b0cdba7","resource":"event","type":"charge:created"},"id":"4d4d2c3a-6f0e-4e86-8a1f-8a2d6d2c4b11","scheduled_for":"2026-01-01T00:00:00Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-cc-webhook-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => commerce.Webhook.verifySigHeader(request.text, request.headers['x-cc-webhook-signature'], secret),
});
