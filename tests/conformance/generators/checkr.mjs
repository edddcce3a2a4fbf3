// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'checkr',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['83ebeabdec09f6670863766f792ead24d61fe3f9'] },
  bodies: [
    {
      name: 'valid',
      type: 'report.completed',
      id: '507f1f77bcf86cd799439011',
      headers: { 'user-agent': 'Checkr-Webhook/1.0' },
      body: '{"id":"507f1f77bcf86cd799439011","object":"event","type":"report.completed","created_at":"2026-01-01T00:00:00Z","webhook_url":"https://hooks.example.com/in/checkr","data":{"object":{"id":"4722c07dd9a10c3985ae432a","object":"report","uri":"/v1/reports/4722c07dd9a10c3985ae432a","status":"clear","created_at":"2025-12-31T12:00:00Z","completed_at":"2026-01-01T00:00:00Z","package":"driver_pro","candidate_id":"e44aa283528e6fde7d542194"}},"account_id":"5b1c9c1e7d1a4f7d9d7e0c5f"}',
    },
    {
      name: 'valid-invitation-created',
      type: 'invitation.created',
      id: '507f1f77bcf86cd799439012',
      headers: { 'user-agent': 'Checkr-Webhook/1.0' },
      body: '{"id":"507f1f77bcf86cd799439012","object":"event","type":"invitation.created","created_at":"2026-01-01T00:00:00Z","webhook_url":"https://hooks.example.com/in/checkr","data":{"object":{"id":"2c9d1e4f8a7b6c5d4e3f2a1b","object":"invitation","uri":"/v1/invitations/2c9d1e4f8a7b6c5d4e3f2a1b","status":"pending","candidate_id":"e44aa283528e6fde7d542194","package":"driver_pro"}},"account_id":"5b1c9c1e7d1a4f7d9d7e0c5f"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-checkr-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-checkr-signature'], hmac('sha256', secret, request.body)),
});
