// packages: botframework-connector@4.23.3 jsonwebtoken@9.0.3
import { createRequire } from 'node:module';
import { suite, keyPair } from '../lib/cases.mjs';

const require = createRequire(import.meta.url);
const { ChannelValidation, SimpleCredentialProvider } = require('botframework-connector');
const { OpenIdMetadata } = require('botframework-connector/lib/auth/openIdMetadata.js');
const jwt = require('jsonwebtoken');

console.error = () => {}; // The package reports every refusal.

const mine = keyPair('rsa', 'mine');
const another = keyPair('rsa', 'another');
// In place of fetching Microsoft's keys.
OpenIdMetadata.prototype.refreshCache = async function () {
  this.keys = [{ ...mine.publicKey.export({ format: 'jwk' }), kid: 'key-1', endorsements: ['msteams'] }];
  this.lastUpdated = Date.now();
};

const app = 'c9e8c047-2a34-40a1-b28a-b162d5f5327c';
const serviceUrl = 'https://smba.trafficmanager.net/emea/';
const activity = (name, type, id, more) => ({
  name, type, id: `${type}:${id}:2026-01-01T00:00:00.000Z`,
  body: JSON.stringify({ type, id, timestamp: '2026-01-01T00:00:00.000Z', serviceUrl, channelId: 'msteams', from: { id: '29:1XJKJMvc5GBtc2JwZq0oj8tHZmzrQgFmB39ATiQWA85g' }, conversation: { id: 'a:17I0kl9EkpE1O9PH5TWrzrLNwnWWcfrU7QZj' }, ...more }),
});
const token = (claims, key, now, options = {}) => {
  const payload = JSON.parse(JSON.stringify({ serviceurl: serviceUrl, iss: 'https://api.botframework.com', aud: app, nbf: now, exp: now + 3600, iat: now, ...claims }));
  return `Bearer ${jwt.sign(payload, key, { algorithm: 'RS256', keyid: 'key-1', ...options })}`;
};
const forged = (claims, key = mine.privateKey, options) => (request) => void (request.headers.authorization = token(claims, key, 1767225600, options));

await suite({
  provider: 'microsoft-bot-framework',
  by: 'botframework-connector@4.23.3 ChannelValidation.authenticateChannelTokenWithServiceUrl',
  config: { app_id: app, public_key_pem: mine.pem },
  otherConfig: { app_id: app, public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  bodies: [activity('valid', 'message', '1767225600000', { text: 'größe' }), activity('valid-update', 'conversationUpdate', 'f:9a7b', { membersAdded: [{ id: '28:bot' }] })],
  sign(request, key, now) {
    request.headers.authorization = token({}, key, now);
  },
  async accepts(request, _, __, config) {
    const { serviceUrl: url, channelId } = request.json;
    const identity = await ChannelValidation.authenticateChannelTokenWithServiceUrl(request.headers.authorization ?? '', new SimpleCredentialProvider(config.app_id, ''), url, channelId);
    return identity.isAuthenticated;
  },
  signature: 'authorization',
  covers: [], // The body is not signed.
  oddBodies: false,
  lenient: ['no-expiry'], // The documents want it judged, so it has to be there.
  forge: {
    'another-app': forged({ aud: '00000000-2a34-40a1-b28a-b162d5f5327c' }),
    'another-issuer': forged({ iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/' }),
    'another-service-url': forged({ serviceurl: 'https://attacker.example.com/' }),
    'no-service-url': forged({ serviceurl: undefined }),
    expired: forged({ nbf: 1767220000, iat: 1767220000, exp: 1767225000 }),
    'no-expiry': forged({ exp: undefined }),
    'algorithm-none': forged({}, '', { algorithm: 'none' }),
    'hmac-under-the-public-key': (request) => {
      // The package of the forger refuses to make one, so by hand.
      const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const head = `${part({ alg: 'HS256', typ: 'JWT', kid: 'key-1' })}.${part({ serviceurl: serviceUrl, iss: 'https://api.botframework.com', aud: app, exp: 1767229200 })}`;
      request.headers.authorization = `Bearer ${head}.${require('node:crypto').createHmac('sha256', mine.pem).update(head).digest('base64url')}`;
    },
    'activity-of-another-service': (request) => void (request.body = Buffer.from(request.text.replace(serviceUrl, 'https://attacker.example.com/'))),
  },
});
