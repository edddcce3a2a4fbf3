// packages: event-notification-nodejs-sdk@1.0.3
import { keyPair, suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const client = require('event-notification-nodejs-sdk/lib/client');
const { generateChallengeResponse, validateSignature } = require('event-notification-nodejs-sdk/lib/validator');

const kid = '9936261a-7d7b-4621-a0f1-964b2c6d5a36';
const url = 'https://hooks.example.com/in/ebay';
const token = 'hf_verify_2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4';
const mine = keyPair('p256');
const another = keyPair('p256', 'another');
const config = { public_key_pem: mine.pem, verification_token: token, url };
// eBay's API gives the PEM in one line.
let pem = '';
client.getPublicKey = async () => ({ key: pem.replaceAll('\n', '') });
const envelope = (signature) => Buffer.from(JSON.stringify({ alg: 'ecdsa', kid, signature, digest: 'SHA1' })).toString('base64');
const code = 'a8628072-3d33-45ee-9004-bee86830a22d';

await suite({
  provider: 'ebay',
  by: 'event-notification-nodejs-sdk@1.0.3 validateSignature',
  config: config,
  bodies: [
    {
      name: 'valid',
      type: 'MARKETPLACE_ACCOUNT_DELETION',
      id: '49feeaeb-4982-42d9-a377-9645b8479411',
      body: '{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION","schemaVersion":"1.0","deprecated":false},"notification":{"notificationId":"49feeaeb-4982-42d9-a377-9645b8479411","eventDate":"2026-01-01T00:00:00.506Z","publishDate":"2026-01-01T00:00:00.637Z","publishAttemptCount":1,"data":{"username":"test_user","userId":"ma8vp1jySJC","eiasToken":"nY+sHZ2PrBmdj6wVnY+sEWDETj2dj6AFlIajDpaEpAydj6x9nY+seQ=="}}}',
    },
    {
      name: 'valid-priority-listing-revision',
      type: 'PRIORITY_LISTING_REVISION',
      id: '49feeaeb-4982-42d9-a377-9645b8479412',
      body: '{"metadata":{"topic":"PRIORITY_LISTING_REVISION","schemaVersion":"1.0","deprecated":false},"notification":{"notificationId":"49feeaeb-4982-42d9-a377-9645b8479412","eventDate":"2026-01-01T00:00:00.506Z","publishDate":"2026-01-01T00:00:00.637Z","publishAttemptCount":1,"data":{"itemId":"110551234567","priority":"HIGH"}}}',
    },
  ],
  otherConfig: { ...config, public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  url,
  sign(request, key) {
    request.headers['x-ebay-signature'] = envelope(crypto.sign('sha1', request.body, key).toString('base64'));
  },
  async accepts(request, key, now, owner) {
    pem = owner.public_key_pem;
    return validateSignature(request.json, request.headers['x-ebay-signature'], {});
  },
  oddBodies: false, // The package writes the parsed body anew.
  lenient: ['tampered-body-trailing-newline'],
  forge: {
    'empty-inner-signature': (request) => void (request.headers['x-ebay-signature'] = envelope('')),
    'bare-inner-signature': (request) => void (request.headers['x-ebay-signature'] = JSON.parse(Buffer.from(request.headers['x-ebay-signature'], 'base64')).signature),
  },
  extra: [
    {
      case: 'handshake-challenge', expect: 'handshake', method: 'GET', headers: {}, url: `${url}?challenge_code=${code}`,
      expect_status: 200, expect_reply: JSON.stringify({ challengeResponse: generateChallengeResponse(code, { verificationToken: token, endpoint: url }) }),
    },
    { case: 'handshake-markup', expect: 'reject', method: 'GET', headers: {}, url: `${url}?challenge_code=%3Cb%3E` },
    { case: 'handshake-without-code', expect: 'reject', method: 'GET', headers: {}, url },
    { case: 'handshake-code-twice', expect: 'reject', method: 'GET', headers: {}, url: `${url}?challenge_code=a&challenge_code=b` },
  ],
});
