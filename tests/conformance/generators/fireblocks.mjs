// packages: jose@6.2.18
import { suite, hmac, keyPair } from '../lib/cases.mjs';
import { CompactSign, compactVerify } from 'jose';

const mine = keyPair('rsa');
const another = keyPair('rsa');
const config = { public_key_pem: mine.pem };
const header = 'fireblocks-webhook-signature';
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
// HEADER..SIGNATURE, without the payload between.
const detached = (compact) => compact.replace(/\.[^.]*\./, '..');
const signed = async (body, key, alg = 'RS512') => detached(await new CompactSign(body).setProtectedHeader({ alg, kid: 'webhook-key-2025-01' }).sign(key));
const byHand = (body, alg, signature) => {
  const head = base64url(JSON.stringify({ alg, kid: 'webhook-key-2025-01' }));
  return `${head}..${signature(`${head}.${base64url(body)}`)}`;
};

await suite({
  provider: 'fireblocks',
  by: 'jose@6.2.18 compactVerify',
  config: config,
  bodies: [
    {
      name: 'valid',
      type: 'transaction.created',
      id: '2f6c1a3b-8d4e-4f5a-9b0c-1d2e3f4a5b6c',
      body: '{"id":"2f6c1a3b-8d4e-4f5a-9b0c-1d2e3f4a5b6c","eventType":"transaction.created","eventVersion":1,"resourceId":"7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d","workspaceId":"9b8a7c6d-5e4f-4a3b-9c2d-1e0f2a3b4c5d","createdAt":1767225600000,"data":{"id":"7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d","status":"SUBMITTED","operation":"TRANSFER","assetId":"BTC_TEST","amountInfo":{"amount":"0.001"}}}',
    },
    {
      name: 'valid-status',
      type: 'transaction.status.updated',
      id: '2f6c1a3b-8d4e-4f5a-9b0c-1d2e3f4a5b6d',
      body: '{"id":"2f6c1a3b-8d4e-4f5a-9b0c-1d2e3f4a5b6d","eventType":"transaction.status.updated","eventVersion":1,"resourceId":"7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d","workspaceId":"9b8a7c6d-5e4f-4a3b-9c2d-1e0f2a3b4c5d","createdAt":1767225605000,"data":{"id":"7a6b5c4d-3e2f-4a1b-8c9d-0e1f2a3b4c5d","status":"COMPLETED","subStatus":"CONFIRMED"}}',
    },
  ],
  otherConfig: { public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  async sign(request, key) {
    request.headers[header] = await signed(request.body, key);
  },
  async accepts(request, key, now, owner) {
    const [head, , signature] = request.headers[header].split('.');
    await compactVerify(`${head}.${base64url(request.body)}.${signature}`, owner === config ? mine.publicKey : another.publicKey);
    return true;
  },
  longBody: 500,
  skip: ['valid-crlf', 'valid-html', 'valid-numbers'], // to keep the file small
  forge: {
    'algorithm-none': (request) => void (request.headers[header] = byHand(request.body, 'none', () => '')),
    'algorithm-hs512': (request) => {
      request.headers[header] = byHand(request.body, 'HS512', (content) => Buffer.from(hmac('sha512', mine.pem, content), 'hex').toString('base64url'));
    },
    // By the same key, with an algorithm that the preset does not list.
    'algorithm-rs256': async (request) => void (request.headers[header] = await signed(request.body, mine.privateKey, 'RS256')),
  },
  lenient: ['algorithm-rs256'],
});
