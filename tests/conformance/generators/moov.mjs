// packages: crypto-js@4.2.0
import { suite, same } from '../lib/cases.mjs';
import HmacSHA512 from 'crypto-js/hmac-sha512.js';

const headers = { 'x-nonce': '9c1f7e5b-2d48-4a60-8b3f-9c1a7e5b2d48', 'x-webhook-id': '4f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8c' };
const event = (name, type, id) => ({
  name, type, id, headers,
  body: JSON.stringify({ eventID: id, type, data: { accountID: '3dfff852-927d-47e8-822c-2fffc57ff6b9', transferID: 'ec7e1848-dc80-4ab0-8827-dd7fc0737b43', status: 'completed', memo: 'für Jane' }, createdOn: '2026-01-01T00:00:00Z' }),
});
const signed = (own, secret) => HmacSHA512(`${own['x-timestamp']}|${own['x-nonce']}|${own['x-webhook-id']}`, secret).toString();

await suite({
  provider: 'moov',
  by: 'crypto-js@4.2.0 HmacSHA512, as the documents say',
  config: { secrets: ['5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10'] },
  bodies: [event('valid', 'transfer.updated', '6bb3c0f2-1d2e-4f5a-9b8c-7d6e5f4a3b2c'), event('valid-test', 'event.test', '6bb3c0f2-1d2e-4f5a-9b8c-7d6e5f4a3b2d')],
  sign(request, secret, now) {
    request.headers['x-timestamp'] = new Date(now * 1000).toISOString().replace('.000', '');
    request.headers['x-signature'] = signed(request.headers, secret);
  },
  accepts: ({ headers: own }, secret, now) => Math.abs(now * 1000 - Date.parse(own['x-timestamp'])) <= 300_000 && same(own['x-signature'], signed(own, secret)),
  covers: [], // The body is not signed.
  timestamped: { tolerance_s: 300 },
  longBody: 500,
  forge: {
    'another-nonce': (request) => void (request.headers['x-nonce'] = '9c1f7e5b-2d48-4a60-8b3f-9c1a7e5b2d49'),
    'another-webhook': (request) => void (request.headers['x-webhook-id'] = '4f8b6f5e-7b1a-4b62-9f0c-3d2e1f0a9b8d'),
    'missing-nonce': (request) => void delete request.headers['x-nonce'],
  },
});
