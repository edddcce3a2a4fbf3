// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'pT2v0d7SgLr3ZHxbfgzKeAMOuqwU9y1i5nQ4jFcIaYkN8';
const signature = (key, body) => `sha256=${hmac('sha256', key, body, 'base64')}`;
const post = JSON.stringify({ for_user_id: '2244994945', tweet_create_events: [{ id_str: '1212092628029698048', text: 'Héllo', timestamp_ms: '1767225600000' }] });
const message = JSON.stringify({ for_user_id: '4337869213', direct_message_events: [{ type: 'message_create', id: '954491830116155396', created_timestamp: '1767225600000' }] });
const others = ['tweet_delete_events', 'favorite_events', 'follow_events', 'unfollow_events', 'direct_message_indicate_typing_events', 'direct_message_mark_read_events', 'block_events', 'unblock_events', 'mute_events', 'unmute_events', 'user_event'];
const url = 'https://hooks.example.com/in/x-twitter';
const crc = (token) => ({ method: 'GET', headers: {}, url: `${url}?crc_token=${encodeURIComponent(token)}&nonce=MTIz` });

await suite({
  provider: 'x-twitter',
  by: 'none: documented scheme, sha256= and base64 of HMAC-SHA256 of the body',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'tweet_create_events', body: post },
    { name: 'valid-message', type: 'direct_message_events', body: message },
    ...others.map((type) => ({ name: `valid-${type.replaceAll('_', '-')}`, type, body: JSON.stringify({ for_user_id: '2244994945', [type]: type === 'user_event' ? { revoke: {} } : [{}] }) })),
    { name: 'valid-stream', type: 'filtered_stream', body: '{"data":{"id":"1212092628029698048","text":"Hello"},"matching_rules":[{"id":"1","tag":"hello"}]}' },
  ],
  sign(request, key) {
    request.headers['x-twitter-webhooks-signature'] = signature(key, request.body);
  },
  accepts: (request, key) => request.method === 'POST' && same(request.headers['x-twitter-webhooks-signature'] ?? '', signature(key, request.body)),
  extra: [
    {
      case: 'handshake-crc', expect: 'handshake', ...crc('MTBiNGI2ZTQtM2E5Zi00YzQx'),
      expect_status: 200, expect_reply: JSON.stringify({ response_token: signature(secret, 'MTBiNGI2ZTQtM2E5Zi00YzQx') }),
    },
    // Would give the signature of a forged event.
    { case: 'handshake-crc-of-an-event', expect: 'reject', ...crc('{"tweet_create_events":[]}') },
    { case: 'handshake-crc-without-token', expect: 'reject', method: 'GET', headers: {}, url },
    { case: 'handshake-crc-token-twice', expect: 'reject', method: 'GET', headers: {}, url: `${url}?crc_token=a&crc_token=b` },
  ],
});
