// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'recurrente',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_IL3TNB61fqXCVxwwImz84dYEWl7Fcif8'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment_intent.succeeded',
      id: 'msg_URK1Qa3SslM01QtzPpvf7U04AL0',
      headers: { 'svix-id': 'msg_URK1Qa3SslM01QtzPpvf7U04AL0' },
      body: '{"id":"pa_id123","event_type":"payment_intent.succeeded","api_version":"2024-04-24","checkout":{"id":"ch_id123","status":"paid","payment_method":{"id":"pay_m_id123","type":"card"},"metadata":{"order":"1042"}},"created_at":"2026-01-01T00:00:00.000-06:00","failure_reason":null,"amount_in_cents":5000,"currency":"GTQ","customer":{"id":"us_id123","email":"hello@example.com","full_name":"Ada Example"},"payment":{"id":"pa_id123"}}',
    },
    {
      name: 'valid-subscription-cancel',
      type: 'subscription.cancel',
      id: 'msg_zUiEhAVJzhfMW7lLQU6VN2tDXKq',
      headers: { 'svix-id': 'msg_zUiEhAVJzhfMW7lLQU6VN2tDXKq' },
      body: '{"id":"su_id123","event_type":"subscription.cancel","api_version":"2024-04-24","created_at":"2026-01-01T00:00:05.000-06:00","customer_id":"us_id123","customer_email":"hello@example.com","customer_name":"Ada Example"}',
    },
  ],
  ...standard('svix', Webhook),
});
