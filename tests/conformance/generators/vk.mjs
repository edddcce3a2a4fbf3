// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { json: '/secret' };
const event = (type, id, object) => JSON.stringify({ group_id: 123456789, type, event_id: id, v: '5.199', object, secret: '' });
const json = { 'content-type': 'application/json' };
const confirmation = (group) => ({ headers: json, body: JSON.stringify({ type: 'confirmation', group_id: group }) });

await suite({
  provider: 'vk',
  by: 'none: documented scheme, the secret in the body',
  config: { secrets: ['aaQ13axAPQEcczQa'], confirmation: '6a2f1c9b', group_id: '123456789' },
  bodies: [
    { name: 'valid', type: 'message_new', id: '3f0e2c6d1a9b8f7e5d4c3b2a19087f6e5d4c3b2a', body: event('message_new', '3f0e2c6d1a9b8f7e5d4c3b2a19087f6e5d4c3b2a', { message: { peer_id: 1, text: 'Привет' } }) },
    { name: 'valid-join', type: 'group_join', id: '3f0e2c6d1a9b8f7e5d4c3b2a19087f6e5d4c3b2b', body: event('group_join', '3f0e2c6d1a9b8f7e5d4c3b2a19087f6e5d4c3b2b', { user_id: 1, join_type: 'approved' }) },
  ],
  sign(request, secret) {
    put(request, at, secret);
  },
  accepts: (request, secret) => same(read(request, at) ?? '', secret),
  signature: at,
  covers: [],
  longBody: 1000,
  extra: [
    { case: 'handshake', expect: 'handshake', ...confirmation(123456789), expect_status: 200, expect_reply: '6a2f1c9b' },
    { case: 'handshake-of-another-group', expect: 'reject', ...confirmation(987654321) },
    { case: 'secret-in-a-header', expect: 'reject', headers: { ...json, secret: 'aaQ13axAPQEcczQa' }, body: event('message_new', '1', {}) },
  ],
});
