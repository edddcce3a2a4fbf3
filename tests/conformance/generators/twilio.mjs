// packages: twilio@6.2.0
import { createHash } from 'node:crypto';
import { suite } from '../lib/cases.mjs';
import twilio from 'twilio';

const { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } = twilio;
const secret = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
const base = 'https://hooks.example.com/in/twilio';
const url = `${base}?foo=1&bar=2`;
const header = 'x-twilio-signature';
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };
const withPort = (url) => url.replace('.com/', '.com:443/');
const message = 'SM2f1c8a7d5e6b4a3c9d8e7f6a5b4c3d2e';
const call = 'CA5ef8732a3c49700934481addd5ce1659';
const account = 'ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

// A field that is given twice is a list.
function fields(text) {
  const all = {};
  for (const [name, value] of new URLSearchParams(text)) all[name] = name in all ? [all[name], value].flat() : value;
  return all;
}
const received = (text, more = '') => `ToCountry=US&MessageSid=${message}&SmsStatus=received&Body=${text}&FromCountry=US&To=%2B18005551212&AccountSid=${account}&From=%2B14158675309&ApiVersion=2010-04-01&NumMedia=0${more}`;
const of = (name, body) => ({ name, type: 'message.received', id: message, body });
const digest = (body) => createHash('sha256').update(body).digest('hex');

// JSON is signed by its digest in the URL.
const event = JSON.stringify({ type: 'com.twilio.messaging.message.delivered', id: 'EZ1', data: { messageSid: 'SM1', note: 'Zoë – 東京 🎉 <b>&' } });
const address = (...bodies) => `${base}?foo=1${bodies.map((body) => `&bodySHA256=${digest(body)}`).join('')}`;
const signatureOf = (url) => getExpectedTwilioSignature(secret, url, {});
const genuine = { ...json, [header]: signatureOf(address(event)) };
const sent = (name, expect, more) => ({ case: `json-${name}`, expect, headers: genuine, url: address(event), body: event, ...more });
const delivered = { type: 'com.twilio.messaging.message.delivered' };
const conversation = `EventType=onMessageAdded&ConversationSid=CHaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&Body=Hi&AccountSid=${account}`;

await suite({
  provider: 'twilio',
  by: 'twilio@6.2.0 validateRequest, validateRequestWithBody',
  config: { secrets: [secret], url: base },
  url,
  headers: form,
  bodies: [
    of('valid', received('Hello')),
    of('valid-letters', received('Zo%C3%AB+M%C3%BCller+%E2%80%93+%E6%9D%B1%E4%BA%AC+%F0%9F%8E%89+%3Cb%3E%26%E2%80%A8')),
    of('valid-plus-and-percent', received('100%25+%2B+1+%3D+2+%26+more')),
    of('valid-repeated-param', received('Hello', '&MediaUrl=b&MediaUrl=a&MediaUrl=b')),
    of('valid-empty-values', received('')),
    { name: 'valid-message-status', type: 'message.delivered', id: `${message}:delivered`, body: `SmsSid=${message}&SmsStatus=delivered&MessageStatus=delivered&To=%2B14158675309&MessageSid=${message}&AccountSid=${account}` },
    { name: 'valid-call-status', type: 'call.completed', id: `${call}:3`, body: `Called=%2B18005551212&CallStatus=completed&SequenceNumber=3&CallDuration=42&CallSid=${call}&AccountSid=${account}` },
    { name: 'valid-conversation', type: 'onMessageAdded', id: `onMessageAdded:${digest(conversation)}`, body: conversation },
    { name: 'valid-empty-body', body: '' },
    { name: 'valid-empty-body-idempotency-token', id: 'tok-1', headers: { 'i-twilio-idempotency-token': 'tok-1' }, body: '' },
  ],
  oddBodies: 'form',
  longBody: 2000,
  sign(request, secret) {
    const isForm = request.headers['content-type'] !== json['content-type'];
    if (!isForm) request.url += `&bodySHA256=${digest(request.body)}`;
    request.headers[header] = getExpectedTwilioSignature(secret, request.url, isForm ? fields(request.text) : {});
  },
  accepts(request, secret) {
    const { url, text, headers: { [header]: signature } } = request;
    return url.includes('bodySHA256') && text ? validateRequestWithBody(secret, signature, url, text) : validateRequest(secret, signature, url, fields(text));
  },
  covers: ['body', 'url'],
  forge: {
    'param-added': (request) => void (request.body = Buffer.from(`${request.text}&Extra=1`)),
    'param-removed': (request) => void (request.body = Buffer.from(request.text.replace('&NumMedia=0', ''))),
    'signed-without-query': (request) => void (request.headers[header] = getExpectedTwilioSignature(secret, base, fields(request.text))),
    'url-alone-signed': (request) => void (request.headers[header] = signatureOf(request.url)),
  },
  extra: [
    { case: 'signed-with-explicit-port', expect: 'accept', type: 'message.received', id: message, headers: { ...form, [header]: getExpectedTwilioSignature(secret, withPort(url), fields(received('Hello'))) }, body: received('Hello') },
    sent('valid', 'accept', delivered),
    sent('valid-idempotency-token', 'accept', { ...delivered, id: 'tok-1', headers: { ...genuine, 'i-twilio-idempotency-token': 'tok-1' } }),
    sent('rotated-second-secret', 'accept', { ...delivered, config: { secrets: ['00000000000000000000000000000000', secret], url: base } }),
    sent('signed-with-explicit-port', 'accept', { ...delivered, headers: { ...json, [header]: signatureOf(withPort(address(event))) } }),
    sent('wrong-secret', 'reject', { headers: { ...json, [header]: getExpectedTwilioSignature('00000000000000000000000000000000', address(event), {}) } }),
    sent('tampered-body', 'reject', { body: event.replace('delivered', 'sent') }),
    sent('tampered-body-emptied', 'reject', { body: '' }),
    sent('digest-of-another-body', 'reject', { url: address('{}'), headers: { ...json, [header]: signatureOf(address('{}')) } }),
    sent('digest-rewritten', 'reject', { url: address('{}'), body: '{}' }),
    sent('digest-given-twice', 'reject', { url: address('{}', event) }),
    sent('replayed-as-empty-form', 'reject', { headers: { ...genuine, ...form }, body: '' }),
  ],
  // The URL fits; what comes with it does not.
  lenient: ['json-tampered-body-emptied', 'json-replayed-as-empty-form'],
});
