// packages: discord-interactions@4.4.0
import { keyPair, suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { verifyKey } from 'discord-interactions';

const mine = keyPair('ed25519');
const another = keyPair('ed25519', 'another');
const now = 1767225600;
const json = { 'content-type': 'application/json' };
const interaction = (type, id, more) => JSON.stringify({ id, application_id: '845027738276462632', type, token: 't', version: 1, ...more });
const command = { data: { id: '845027738276462632', name: 'ping', type: 1 } };
const ping = interaction(1, '846462639134605300', { user: { id: '53908232506183680' } });
const headersOf = (body, key, time) => ({
  'x-signature-timestamp': String(time),
  'x-signature-ed25519': crypto.sign(null, Buffer.concat([Buffer.from(String(time)), Buffer.from(body)]), key).toString('hex'),
});
const genuine = { ...json, ...headersOf(ping, mine.privateKey, now) };

await suite({
  provider: 'discord',
  by: 'discord-interactions@4.4.0 verifyKey',
  config: { public_key_hex: mine.hex },
  otherConfig: { public_key_hex: another.hex },
  keys: [mine.privateKey, another.privateKey],
  bodies: [
    { name: 'valid', type: 'APPLICATION_COMMAND', id: '846462639134605312', body: interaction(2, '846462639134605312', command) },
    { name: 'valid-component', type: 'MESSAGE_COMPONENT', id: '846462639134605313', body: interaction(3, '846462639134605313', { channel_id: '645027906669510667', data: { component_type: 2, custom_id: 'approve' } }) },
    { name: 'valid-autocomplete', type: 'APPLICATION_COMMAND_AUTOCOMPLETE', id: '846462639134605314', body: interaction(4, '846462639134605314', command) },
    { name: 'valid-modal', type: 'MODAL_SUBMIT', id: '846462639134605315', body: interaction(5, '846462639134605315', { data: { custom_id: 'form', components: [] } }) },
    { name: 'valid-unknown-type', type: '99', id: '846462639134605316', body: interaction(99, '846462639134605316') },
  ],
  longBody: 2000,
  sign: (request, key, time) => void Object.assign(request.headers, headersOf(request.body, key, time)),
  accepts: (request, key, time, { public_key_hex: publicKey }) =>
    verifyKey(request.body, request.headers['x-signature-ed25519'] ?? '', request.headers['x-signature-timestamp'] ?? '', publicKey),
  timestamped: { tolerance_s: 300 },
  // The package looks at no time.
  lenient: ['stale-timestamp', 'future-timestamp', 'handshake-stale'],
  extra: [
    { case: 'handshake', expect: 'handshake', sign: true, body: ping, expect_status: 200, expect_reply: '{"type":1}' },
    { case: 'handshake-unsigned', expect: 'reject', headers: json, body: ping },
    { case: 'handshake-wrong-signature', expect: 'reject', headers: { ...genuine, 'x-signature-ed25519': '0'.repeat(128) }, body: ping },
    { case: 'handshake-wrong-key', expect: 'reject', headers: { ...json, ...headersOf(ping, another.privateKey, now) }, body: ping },
    { case: 'handshake-stale', expect: 'reject', headers: { ...json, ...headersOf(ping, mine.privateKey, now - 360) }, body: ping },
    { case: 'handshake-tampered', expect: 'reject', headers: genuine, body: ping.replace('605300', '605301') },
    { case: 'handshake-turned-into-command', expect: 'reject', headers: genuine, body: ping.replace('"type":1', '"type":2') },
  ],
});
