// packages: @saleor/app-sdk@1.15.0 jose@5.10.0
import { suite, keyPair } from '../lib/cases.mjs';
import { createRequire } from 'node:module';
import * as jose from 'jose';

const { verifySignatureWithJwks } = createRequire(import.meta.url)('@saleor/app-sdk/auth');
const [mine, another] = [keyPair('rsa'), keyPair('rsa')];
const jwks = (pair) => JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] });

await suite({
  provider: 'saleor',
  by: '@saleor/app-sdk@1.15.0 verifySignatureWithJwks',
  config: { public_key_pem: mine.pem, saleor_host: 'example.saleor.cloud' },
  bodies: [
    {
      name: 'valid',
      type: 'order_created',
      headers: { 'saleor-event': 'order_created', 'saleor-domain': 'example.saleor.cloud', 'saleor-api-url': 'https://example.saleor.cloud/graphql/', 'saleor-schema-version': '3.21' },
      body: '{"order":{"id":"T3JkZXI6ZmM4YjI4ODctMDg3ZS00YTM1LWIzYzMtMDIwYWY4NjVkZTIw","number":"42","userEmail":"jon@example.com","total":{"gross":{"amount":19.9,"currency":"USD"}}},"__typename":"OrderCreated"}',
    },
  ],
  async sign(request, key) {
    const head = { alg: 'RS256', kid: '1', b64: false, crit: ['b64'] };
    const jws = await new jose.FlattenedSign(request.body).setProtectedHeader(head).sign(key);
    request.headers['saleor-signature'] = `${jws.protected}..${jws.signature}`;
  },
  async accepts(request, key, now, config) {
    await verifySignatureWithJwks(jwks(config.public_key_pem === mine.pem ? mine : another), request.headers['saleor-signature'], request.text);
    return true;
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem, saleor_host: 'example.saleor.cloud' },
  longBody: 1000,
  skip: ['valid-html', 'valid-crlf'],
});
