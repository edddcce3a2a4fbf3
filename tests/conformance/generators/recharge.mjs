// packages:
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';

const newer = 'x-recharge-webhook-signature';
const older = 'x-recharge-hmac-sha256';
const json = { 'content-type': 'application/json' };
const secret = '4f8a1c6d2b9e4035a7c1e8d3f6b2094c';
const mac = (secret, t, request) => hmac('sha256', secret, `${t}.${request.text}`);
const plain = (secret, body) => createHash('sha256').update(secret).update(body).digest('hex');
const event = (name, topic, body) => ({ name, type: topic, headers: { 'x-recharge-topic': topic }, body: JSON.stringify(body) });
const charge = '{"charge":{"id":7,"status":"success"}}';

await suite({
  provider: 'recharge',
  by: 'none: documented scheme, HMAC of time, a dot and the body; older, SHA-256 of secret and body',
  config: { secrets: [secret] },
  bodies: [
    event('valid', 'subscription/created', { subscription: { id: 21200731, customer_id: 18819267, product_title: 'Kaffee für Köln', price: '19.90', status: 'active', updated_at: '2026-01-01T00:00:00' } }),
    event('valid-charge', 'charge/paid', { charge: { id: 7, status: 'success' } }),
  ],
  longBody: 1500,
  sign(request, secret, now) {
    request.headers['x-recharge-webhook-timestamp'] = String(now);
    request.headers[newer] = `t=${now},v1=${mac(secret, now, request)}`;
    request.headers[older] = plain(secret, request.body);
  },
  accepts(request, secret, now) {
    if (!(newer in request.headers)) {
      JSON.parse(request.text);
      return same(request.headers[older] ?? '', plain(secret, request.body));
    }
    const { t, v1 = '' } = Object.fromEntries(request.headers[newer].split(',').map((element) => element.split('=')));
    return now - Number(t) <= 172800 && Number(t) - now <= 300 && same(v1, mac(secret, t, request));
  },
  signature: [newer, older],
  timestamped: { tolerance_s: 300, past_s: 172800 },
  forge: {
    'newer-wrong-older-right': (request) => void (request.headers[newer] = request.headers[newer].replace(/v1=.{4}/, 'v1=0000')),
  },
  extra: [
    { case: 'valid-older-alone', expect: 'accept', type: 'charge/paid', body: charge, headers: { ...json, 'x-recharge-topic': 'charge/paid', [older]: plain(secret, charge) } },
    { case: 'older-hmac', expect: 'reject', body: charge, headers: { ...json, 'x-recharge-topic': 'charge/paid', [older]: hmac('sha256', secret, charge) } },
    { case: 'older-no-json', expect: 'reject', body: `${charge}x`, headers: { ...json, 'x-recharge-topic': 'charge/paid', [older]: plain(secret, `${charge}x`) } },
  ],
});
