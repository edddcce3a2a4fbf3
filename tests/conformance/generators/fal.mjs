// packages:
import { suite, put, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('ed25519'), keyPair('ed25519', 'another')];
const known = (config) => (config.public_key_hex === mine.hex ? mine : another).publicKey;
const content = (request, time) => {
  const { 'x-fal-webhook-request-id': id, 'x-fal-webhook-user-id': user } = request.headers;
  return Buffer.from(`${id}\n${user}\n${time}\n${crypto.createHash('sha256').update(request.body).digest('hex')}`);
};

await suite({
  provider: 'fal',
  by: 'none: documented scheme',
  config: { public_key_hex: mine.hex, user_id: 'github|123456' },
  bodies: [
    {
      name: 'valid',
      type: 'request.ok',
      id: '123e4567-e89b-12d3-a456-426614174000',
      headers: { 'x-fal-webhook-request-id': '123e4567-e89b-12d3-a456-426614174000', 'x-fal-webhook-user-id': 'github|123456' },
      body: '{"request_id":"123e4567-e89b-12d3-a456-426614174000","gateway_request_id":"123e4567-e89b-12d3-a456-426614174000","status":"OK","payload":{"images":[{"url":"https://v3.fal.media/files/lion/out.png","content_type":"image/png","width":1024,"height":1024}],"seed":42},"error":null}',
    },
  ],
  sign(request, key, now) {
    request.headers['x-fal-webhook-timestamp'] = String(now);
    request.headers['x-fal-webhook-signature'] = crypto.sign(null, content(request, now), key).toString('hex');
  },
  accepts(request, key, now, config) {
    const { 'x-fal-webhook-timestamp': time, 'x-fal-webhook-signature': signature, 'x-fal-webhook-user-id': user } = request.headers;
    const fits = crypto.verify(null, content(request, time), known(config), Buffer.from(signature, 'hex'));
    return user === config.user_id && Math.abs(now - Number(time)) <= 300 && fits;
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_hex: another.hex, user_id: 'github|123456' },
  signature: 'x-fal-webhook-signature',
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-request': (request) => put(request, 'x-fal-webhook-request-id', '123e4567-e89b-12d3-a456-426614174001'),
    'another-user': (request) => put(request, 'x-fal-webhook-user-id', 'github|123457'),
  },
});
