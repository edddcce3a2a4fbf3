// packages:
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';

const validation = '{"id":"2c116b11-1110-91e0-b266-b792c8da5f11","type":"validation.webhook","date":"2026-01-01T00:00:00+00:00","subject":{}}';
const signed = (request, secret) => hmac('sha256', secret, createHash('sha256').update(request.body).digest('hex'));

await suite({
  provider: 'tebex',
  by: 'none: documented scheme, HMAC-SHA256 of the hex of the body\'s SHA-256',
  config: { secrets: ['7b1e4c0d9f2a4e6b8c3d5f7a9b0c1d2e'] },
  bodies: [
    { name: 'valid', type: 'payment.completed', id: 'ac8d5e0d-9f13-4f1c-8b3f-4a1a2f6d1b10', body: '{"id":"ac8d5e0d-9f13-4f1c-8b3f-4a1a2f6d1b10","type":"payment.completed","date":"2026-01-01T00:00:00+00:00","subject":{"transaction_id":"tbx-1a2b3c4d-5e6f","status":{"id":1,"description":"Complete"},"payment_sequence":"oneoff","created_at":"2025-12-31T23:59:58.000000Z","price":{"amount":10,"currency":"USD"},"customer":{"first_name":"Ada","username":{"id":"76561198000000000","username":"ada"}},"products":[{"id":123,"name":"Rank","quantity":1}]}}' },
    { name: 'valid-recurring', type: 'recurring-payment.started', id: 'ac8d5e0d-9f13-4f1c-8b3f-4a1a2f6d1b11', body: '{"id":"ac8d5e0d-9f13-4f1c-8b3f-4a1a2f6d1b11","type":"recurring-payment.started","date":"2026-01-01T00:00:05+00:00","subject":{"reference":"tbx-r-5","created_at":"2026-01-01T00:00:05.000000Z","status":{"id":2,"description":"Active"}}}' },
  ],
  sign(request, secret) {
    request.headers['x-signature'] = signed(request, secret);
  },
  accepts: (request, secret) => same(request.headers['x-signature'] ?? '', signed(request, secret)),
  forge: {
    'signature-of-the-body-itself': (request) => void (request.headers['x-signature'] = hmac('sha256', '7b1e4c0d9f2a4e6b8c3d5f7a9b0c1d2e', request.body)),
  },
  extra: [
    { case: 'handshake', expect: 'handshake', sign: true, body: validation, expect_status: 200, expect_reply: '{"id":"2c116b11-1110-91e0-b266-b792c8da5f11"}' },
    { case: 'handshake-unsigned', expect: 'reject', body: validation },
    { case: 'handshake-without-id', expect: 'reject', sign: true, body: '{"type":"validation.webhook","subject":{}}' },
    { case: 'handshake-with-markup', expect: 'reject', sign: true, body: '{"id":"<script>alert(1)</script>","type":"validation.webhook","subject":{}}' },
  ],
  // Well signed, and yet not to be echoed.
  lenient: ['handshake-without-id', 'handshake-with-markup'],
});
