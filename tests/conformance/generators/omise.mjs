// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, key, id) => ({ name, type: key, id, body: JSON.stringify({ object: 'event', id, livemode: false, location: `/events/${id}`, data: { object: 'charge', id: 'chrg_test_5vxs0af8tn3o2bfpv1h', amount: 100000, currency: 'THB', status: 'successful', description: 'ชา' }, key, created_at: '2026-01-01T00:00:00Z' }) });
const expected = (request, secret) => hmac('sha256', Buffer.from(secret, 'base64'), `${request.headers['omise-signature-timestamp']}.${request.text}`);

await suite({
  provider: 'omise',
  by: 'none: documented scheme, HMAC of time, a dot and the body under the secret decoded from base64',
  config: { secrets: ['C2FVsBQIhrscChlQIMV+b5sSYspob7oDKtk2TTKuMmc='] },
  bodies: [
    event('valid', 'charge.complete', 'evnt_test_5vxs0ajpo78j7bwrtg9'),
    { ...event('valid-two-signatures', 'charge.create', 'evnt_test_5vxs0ajpo78j7bwrtga'), headers: { 'x-test': 'two' } },
  ],
  sign(request, secret, now) {
    request.headers['omise-signature-timestamp'] = String(now);
    request.headers['omise-signature'] = `${request.headers['x-test'] ? `${'0'.repeat(64)},` : ''}${expected(request, secret)}`;
  },
  accepts: (request, secret, now) => Math.abs(now - Number(request.headers['omise-signature-timestamp'])) <= 300
    && (request.headers['omise-signature'] ?? '').split(',').some((one) => same(one, expected(request, secret))),
  signature: 'omise-signature',
  timestamped: { tolerance_s: 300 },
});
