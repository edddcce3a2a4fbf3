// packages: @hubspot/api-client@13.5.0
import { suite, hmac } from '../lib/cases.mjs';
import hubspot from '@hubspot/api-client';

const { Signature } = hubspot;
const secret = 'e8f2c1d4-5b6a-4c3d-9e8f-0a1b2c3d4e5f';
const url = 'https://hooks.example.com/in/hubspot';
const event = (eventId, subscriptionType) => ({ eventId, subscriptionId: 3923621, portalId: 48807704, appId: 16111050, occurredAt: 1767225600000, subscriptionType, attemptNumber: 0, objectId: 45270947945 });
const creation = JSON.stringify([event(531833541, 'contact.creation')]);

// HubSpot signs the URL with these escapes decoded, by the table in its documents; the package wants it so.
const signedUrl = (text) => text.replace(/%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, decodeURIComponent);
const options = (request, clientSecret, timestamp) => ({ clientSecret, timestamp, url: signedUrl(request.url), requestBody: request.text });
const headersOf = (request, secret, timestamp, method = 'POST') => ({
  'x-hubspot-signature-v3': Signature.getSignature(method, 'v3', options(request, secret, timestamp)),
  'x-hubspot-request-timestamp': String(timestamp),
});
const resign = (...how) => (request) => void Object.assign(request.headers, headersOf(request, secret, ...how));
const set = (name, value) => (request) => void (request.headers[name] = value);
const asked = (name, query) => ({ case: name, expect: 'accept', sign: true, body: creation, url: `${url}?${query}`, type: 'contact.creation', id: '531833541' });

await suite({
  provider: 'hubspot',
  by: '@hubspot/api-client@13.5.0 Signature.isValid',
  config: { secrets: [secret], url },
  url,
  bodies: [
    { name: 'valid', type: 'contact.creation', id: '531833541', body: creation },
    { name: 'valid-property-change', type: 'deal.propertyChange', id: '531833542', body: JSON.stringify([{ ...event(531833542, 'deal.propertyChange'), propertyName: 'dealstage', propertyValue: 'closedwon' }]) },
    { name: 'valid-batch', type: 'contact.creation', id: '531833541', body: JSON.stringify([event(531833541, 'contact.creation'), event(531833542, 'deal.propertyChange')]) },
  ],
  longBody: 2000,
  sign: (request, secret, now) => void Object.assign(request.headers, headersOf(request, secret, now * 1000, request.method)),
  accepts(request, secret) {
    const { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': timestamp } = request.headers;
    return Signature.isValid({ method: request.method, signatureVersion: 'v3', signature, ...options(request, secret, timestamp) });
  },
  covers: ['body', 'url', 'method'],
  timestamped: { tolerance_s: 300 },
  forge: {
    'tampered-query': (request) => void (request.url += '?portal=1'),
    'hex-instead-of-base64': (request) => void (request.headers['x-hubspot-signature-v3'] = Buffer.from(request.headers['x-hubspot-signature-v3'], 'base64').toString('hex')),
    'timestamp-in-seconds': resign(1767225600),
    'timestamp-not-a-number': set('x-hubspot-request-timestamp', 'soon'),
    'signed-timestamp-not-a-number': resign('soon'),
    'signed-for-get': resign(1767225600000, 'GET'),
    'v1-signature-in-v3-header': (request) => void (request.headers['x-hubspot-signature-v3'] = Signature.getSignature('POST', 'v1', options(request, secret))),
    'body-alone-signed': (request) => void (request.headers['x-hubspot-signature-v3'] = hmac('sha256', secret, request.body, 'base64')),
  },
  // The package takes times from the future, and what is no time.
  lenient: ['future-timestamp', 'signed-timestamp-not-a-number'],
  extra: [
    asked('valid-query-percent-encoded', 'back=https%3A%2F%2Fapp.hubspot.com%2Fc%3Fa%2Cb%3B%40%21%24%27%28%29%2A&name=a%20b%26c%3D%25'),
    asked('percent-encoded-query-lower-case', 'back=https%3a%2f%2fapp.hubspot.com'),
  ],
});
