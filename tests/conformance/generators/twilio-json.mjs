// packages: twilio@6.2.0
import { createHash } from 'node:crypto';
import { suite } from '../lib/cases.mjs';
import twilio from 'twilio';

const { getExpectedTwilioSignature, validateRequestWithBody } = twilio;
const event = (kind, id) => ({
  specversion: '1.0',
  type: `com.twilio.messaging.message.${kind}`,
  source: '/2010-04-01/Accounts/ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/Messages/SM1.json',
  id,
  time: '2026-01-01T00:00:00.000Z',
  data: { messageSid: 'SM2f1c8a7d5e6b4a3c9d8e7f6a5b4c3d2e', messageStatus: kind.toUpperCase() },
});
const url = 'https://hooks.example.com/in/twilio-json';
const digest = (body) => createHash('sha256').update(body).digest('hex');

await suite({
  provider: 'twilio-json',
  by: 'twilio@6.2.0 validateRequestWithBody',
  config: { secrets: ['12345678901234567890123456789012'], url },
  url,
  bodies: [
    { name: 'valid', type: 'com.twilio.messaging.message.sent', id: 'EZ1', body: JSON.stringify([event('sent', 'EZ1')]) },
    { name: 'valid-batch', type: 'com.twilio.messaging.message.sent', id: 'EZ1', body: JSON.stringify([event('sent', 'EZ1'), event('delivered', 'EZ2')]) },
  ],
  sign(request, secret) {
    request.url += `${request.url.includes('?') ? '&' : '?'}bodySHA256=${digest(request.body)}`;
    request.headers['x-twilio-signature'] = getExpectedTwilioSignature(secret, request.url, {});
  },
  accepts: (request, secret) => validateRequestWithBody(secret, request.headers['x-twilio-signature'], request.url, request.text),
  covers: ['body', 'url'],
  forge: {
    'other-digest-in-url': (request) => void (request.url = request.url.replace(/bodySHA256=.*/, `bodySHA256=${digest('other')}`)),
    'other-body-and-digest': (request) => {
      request.body = Buffer.from(JSON.stringify([event('failed', 'EZ9')]));
      request.url = request.url.replace(/bodySHA256=.*/, `bodySHA256=${digest(request.body)}`);
    },
    'digest-missing': (request) => void (request.url = request.url.split('?')[0]),
  },
});
