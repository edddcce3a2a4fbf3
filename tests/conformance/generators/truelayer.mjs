// packages: truelayer-signing@0.2.3
import { suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { sign, verify } from 'truelayer-signing';

const pem = (key) => key.export({ format: 'pem', type: key.type === 'public' ? 'spki' : 'sec1' });
const [mine, another] = [1, 2].map(() => crypto.generateKeyPairSync('ec', { namedCurve: 'P-521' }));
const parts = (request) => ({ method: request.method, path: new URL(request.url).pathname, body: request.text });

await suite({
  provider: 'truelayer',
  by: 'truelayer-signing@0.2.3 verify',
  config: { public_key_pem: pem(mine.publicKey) },
  bodies: [
    {
      name: 'valid',
      type: 'payment_executed',
      id: 'b8d4dda0-ff2c-4d77-a6da-4615e4bad941',
      body: '{"type":"payment_executed","event_version":1,"event_id":"b8d4dda0-ff2c-4d77-a6da-4615e4bad941","payment_id":"a0bc60db-350c-4a25-9ac6-7b40b4a5d3a7","payment_method":{"type":"bank_transfer"},"executed_at":"2026-01-01T00:00:00.000Z","metadata":{"order":"42"}}',
    },
    {
      name: 'valid-payout-executed',
      type: 'payout_executed',
      id: 'b8d4dda0-ff2c-4d77-a6da-4615e4bad942',
      body: '{"type":"payout_executed","event_version":1,"event_id":"b8d4dda0-ff2c-4d77-a6da-4615e4bad942","payout_id":"a0bc60db-350c-4a25-9ac6-7b40b4a5d3a8","beneficiary":{"type":"external_account"},"executed_at":"2026-01-01T00:00:05.000Z"}',
    },
  ],
  sign(request, privateKeyPem, now) {
    const headers = { 'X-Tl-Webhook-Timestamp': new Date(now * 1000).toISOString() };
    request.headers['x-tl-webhook-timestamp'] = headers['X-Tl-Webhook-Timestamp'];
    request.headers['tl-signature'] = sign({ kid: 'key-1', privateKeyPem, headers, ...parts(request) });
  },
  accepts(request, key, now, config) {
    const { 'tl-signature': signature, 'x-tl-webhook-timestamp': timestamp } = request.headers;
    const headers = timestamp ? { 'X-Tl-Webhook-Timestamp': timestamp } : {};
    verify({ publicKeyPem: config.public_key_pem, signature, headers, requiredHeaders: ['X-Tl-Webhook-Timestamp'], ...parts(request) });
    return true;
  },
  keys: [pem(mine.privateKey), pem(another.privateKey)],
  otherConfig: { public_key_pem: pem(another.publicKey) },
  covers: ['body', 'method'],
  signature: 'tl-signature',
  longBody: 1000,
  skip: ['valid-html', 'valid-crlf'],
  forge: {
    'another-path': (request) => {
      request.url = request.url.replace('/in/truelayer', '/in/other');
    },
  },
});
