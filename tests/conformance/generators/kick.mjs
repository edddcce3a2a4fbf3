// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;
const content = (request, time) => Buffer.from(`${request.headers['kick-event-message-id']}.${time}.${request.text}`);

await suite({
  provider: 'kick',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'chat.message.sent',
      id: '01JAX9Z4Q2W3E4R5T6Y7U8I9O0',
      headers: { 'kick-event-message-id': '01JAX9Z4Q2W3E4R5T6Y7U8I9O0', 'kick-event-subscription-id': '01JAX9Z4Q2W3E4R5T6Y7U8I9O1', 'kick-event-type': 'chat.message.sent', 'kick-event-version': '1' },
      body: '{"message_id":"7f0c1d9e-9a11-4d4b-8bd0-1c7fd13f3b21","broadcaster":{"user_id":123456789,"username":"broadcaster","channel_slug":"broadcaster"},"sender":{"user_id":987654321,"username":"sender"},"content":"Hello","emotes":[]}',
    },
  ],
  sign(request, key, now) {
    const time = new Date(now * 1000).toISOString();
    request.headers['kick-event-message-timestamp'] = time;
    request.headers['kick-event-signature'] = crypto.sign('rsa-sha256', content(request, time), key).toString('base64');
  },
  accepts(request, key, now, config) {
    const { 'kick-event-message-timestamp': time, 'kick-event-signature': signature } = request.headers;
    const age = Math.abs(now - Date.parse(time) / 1000);
    return age <= 300 && crypto.verify('rsa-sha256', content(request, time), known(config), Buffer.from(signature, 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem },
  signature: 'kick-event-signature',
  timestamped: { tolerance_s: 300 },
  longBody: 300,
  skip: ['valid-html', 'valid-crlf', 'valid-numbers'],
});
