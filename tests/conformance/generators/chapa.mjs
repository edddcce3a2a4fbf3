// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'chapa',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge.success',
      body: '{"event":"charge.success","first_name":"Abebe","last_name":"Bikila","email":"abebe@example.com","mobile":"251900000000","currency":"ETB","amount":"400.00","charge":"12.00","status":"success","mode":"live","reference":"AP634JFwAxxx","created_at":"2026-01-01T00:00:00.000000Z","updated_at":"2026-01-01T00:00:00.000000Z","type":"API","tx_ref":"4FGFF4FFGFdfd","payment_method":"telebirr"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-chapa-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-chapa-signature'], hmac('sha256', secret, request.text));
  },
});
