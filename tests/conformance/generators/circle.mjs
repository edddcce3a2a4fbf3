// packages:
import { keyPair, suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const mine = keyPair('p256');
const another = keyPair('p256', 'another');
// Key, body and signature as published.
const published = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESl76SZPBJemW0mJNN4KTvYkLT8bOT4UGhFhzNk3fJqf6iuPlLQLq533FelXwczJbjg2U1PHTvQTK7qOQnDL2Tg==',
  body: '{"subscriptionId":"00000000-0000-0000-0000-000000000000","notificationId":"00000000-0000-0000-0000-000000000000","notificationType":"webhooks.test","notification":{"hello":"world"},"timestamp":"2024-01-26T18:22:19.779834211Z","version":2}',
  signature: 'MEQCIBlJPX7t0FDOcozsRK6qIQwik5Fq6mhAtCSSgIB/yQO7AiB9U5lVpdufKvPhk3cz4TH2f5MP7ArnmPRBmhPztpsIFQ==',
};
const headers = { 'content-type': 'application/json', 'x-circle-key-id': '879dc113-5ca4-4ff7-a6b7-54652083fcf8', 'x-circle-signature': published.signature };
const key = (base64) => crypto.createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });

await suite({
  provider: 'circle',
  by: 'none: documented scheme, ECDSA of the body; the test vector is in the documentation',
  config: { public_key_base64: mine.base64 },
  bodies: [
    {
      name: 'valid',
      type: 'transactions.inbound',
      id: 'acab8c14-92ae-481b-8c3e-cf1aec1a6f5b',
      headers: { 'x-circle-key-id': '879dc113-5ca4-4ff7-a6b7-54652083fcf8' },
      body: '{"subscriptionId":"d4c07d5f-f05f-4fe4-853d-4dd434806dfb","notificationId":"acab8c14-92ae-481b-8c3e-cf1aec1a6f5b","notificationType":"transactions.inbound","notification":{"id":"b3d9d2d5-4c12-4946-a09d-953e82fae2b0","blockchain":"MATIC-AMOY","walletId":"4f5e3c2d-1b0a-4987-8654-3210fedcba98","tokenId":"7adb2b7d-c9cd-5164-b2d4-b73b088274dc","amounts":["3.14"],"state":"COMPLETED","transactionType":"INBOUND","createDate":"2025-12-31T23:59:00Z"},"timestamp":"2026-01-01T00:00:00.779834211Z","version":2}',
    },
    {
      name: 'valid-webhooks-test',
      type: 'webhooks.test',
      id: 'acab8c14-92ae-481b-8c3e-cf1aec1a6f5c',
      headers: { 'x-circle-key-id': '879dc113-5ca4-4ff7-a6b7-54652083fcf8' },
      body: '{"subscriptionId":"d4c07d5f-f05f-4fe4-853d-4dd434806dfb","notificationId":"acab8c14-92ae-481b-8c3e-cf1aec1a6f5c","notificationType":"webhooks.test","notification":{"hello":"world"},"timestamp":"2026-01-01T00:00:00.779834211Z","version":2}',
    },
  ],
  otherConfig: { public_key_base64: another.base64 },
  keys: [mine.privateKey, another.privateKey],
  sign(request, secret) {
    request.headers['x-circle-signature'] = crypto.sign('sha256', request.body, secret).toString('base64');
  },
  accepts: (request, secret, now, owner) => crypto.verify('sha256', request.body, key(owner.public_key_base64), Buffer.from(request.headers['x-circle-signature'], 'base64')),
  extra: [
    { case: 'docs-test-vector', expect: 'accept', type: 'webhooks.test', id: '00000000-0000-0000-0000-000000000000', headers, body: published.body, config: { public_key_base64: published.key } },
    { case: 'docs-test-vector-changed', expect: 'reject', headers, body: published.body.replace('world', 'wörld'), config: { public_key_base64: published.key } },
    { case: 'handshake-head', expect: 'handshake', method: 'HEAD', headers: {}, expect_status: 200, expect_reply: '' },
    { case: 'get-is-no-handshake', expect: 'reject', method: 'GET', headers: {} },
  ],
});
