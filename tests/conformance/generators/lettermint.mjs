// packages: lettermint@2.7.0
import { suite, hmac } from '../lib/cases.mjs';
import { Webhook } from 'lettermint';

await suite({
  provider: 'lettermint',
  by: 'lettermint@2.7.0 Webhook.verify',
  config: { secrets: ['whsec_7e9a1c3f5b7d2e4f6a8c0b1d3f5e7a9c'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.delivered',
      id: '9d5f5c1e-0b1f-4e6b-9a66-0d8d5a0f2b11',
      headers: { 'x-lettermint-event': 'message.delivered', 'x-lettermint-delivery': '1767225600', 'x-lettermint-attempt': '1' },
      body: '{"id":"9d5f5c1e-0b1f-4e6b-9a66-0d8d5a0f2b11","event":"message.delivered","created_at":"2026-01-01T00:00:00Z","timestamp":"2026-01-01T00:00:00Z","data":{"message_id":"9d5f5c1e-0b1f-4e6b-9a66-0d8d5a0f2b12","subject":"Welcome","recipient":"jon@example.com","response":{"status_code":250,"enhanced_status_code":"2.0.0","content":"OK"},"metadata":{"order":"1"},"tag":"welcome"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-lettermint-signature'] = `t=${now},v1=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.body, request.headers['x-lettermint-signature']);
    return true;
  },
  timestamped: { tolerance_s: 300 },
});
