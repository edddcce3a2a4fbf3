// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, kind, id) => ({
  name, type: kind, id,
  body: JSON.stringify({ data: { type: 'event', id, attributes: { name: kind, payload: { data: { type: 'inquiry', id: 'inq_2CVZ4HyVg7qaboXz2PUHknAn', attributes: { status: 'approved', 'reference-id': 'user-42', 'name-first': 'Zoë' } } }, 'created-at': '2026-01-01T00:00:00.000Z' } } }),
});
const set = (t, v1) => `t=${t},v1=${v1}`;
const mac = (secret, t, request) => hmac('sha256', secret, `${t}.${request.text}`);
const sets = (request) => (request.headers['persona-signature'] ?? '').split(' ').map((one) => Object.fromEntries(one.split(',').map((element) => element.split('='))));

await suite({
  provider: 'persona',
  by: 'none: documented scheme, a set of time and HMAC for each secret',
  config: { secrets: ['wbhsec_5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10'] },
  bodies: [
    event('valid', 'inquiry.approved', 'evt_XGuYxeAvY1iJ5eJAoBDeAVqV'),
    event('valid-case', 'case.created', 'evt_XGuYxeAvY1iJ5eJAoBDeAVqW'),
    { ...event('valid-two-sets', 'inquiry.completed', 'evt_XGuYxeAvY1iJ5eJAoBDeAVqX'), headers: { 'x-test': 'two' } },
  ],
  sign(request, secret, now) {
    const mine = set(now, mac(secret, now, request));
    request.headers['persona-signature'] = request.headers['x-test'] ? `${set(now - 1, mac('wbhsec_another', now - 1, request))} ${mine}` : mine;
  },
  accepts: (request, secret, now) => sets(request).some(({ t, v1 = '' }) => Math.abs(now - Number(t)) <= 300 && same(v1, mac(secret, t, request))),
  timestamped: { tolerance_s: 300 },
  forge: {
    // The time of one set does not stand for another's.
    'fresh-time-in-another-set': (request) => {
      const old = 1767225600 - 3600;
      request.headers['persona-signature'] = `${set(1767225600, '0'.repeat(64))} ${set(old, mac('wbhsec_5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10', old, request))}`;
    },
  },
});
