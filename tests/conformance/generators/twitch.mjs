// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 's3cRe7-0f-the-subscription';
const subscription = (status = 'enabled', type = 'channel.follow') => ({
  id: 'f1c2a387-161a-49f9-a165-0f21d7a4e1c4', status, type, version: '2', condition: { broadcaster_user_id: '12826' },
});
const id = 'e76c6bd4-55c9-4987-8304-da1588d8988b';
const head = (type) => ({ 'content-type': 'application/json', 'twitch-eventsub-message-type': type });
const notification = JSON.stringify({ subscription: subscription(), event: { user_id: '1337', user_name: 'Awesome_Üser', broadcaster_user_id: '12826' } });
const challenge = JSON.stringify({ challenge: 'pogchamp-kappa-360noscope-vohiyo', subscription: subscription('webhook_callback_verification_pending') });
const stamp = (now) => new Date(now * 1000).toISOString().replace('000Z', '000000000Z');
const signature = (request, key) =>
  `sha256=${hmac('sha256', key, Buffer.concat([Buffer.from(request.headers['twitch-eventsub-message-id'] + request.headers['twitch-eventsub-message-timestamp']), request.body]))}`;
const now = 1767225600;
const signed = (type, body, at = now) => {
  const request = { headers: { ...head(type), 'twitch-eventsub-message-id': id, 'twitch-eventsub-message-timestamp': stamp(at) }, body: Buffer.from(body) };
  request.headers['twitch-eventsub-message-signature'] = signature(request, secret);
  return { headers: request.headers, body };
};

await suite({
  provider: 'twitch',
  by: 'none: documented scheme, HMAC-SHA256 of message id, time and body',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'channel.follow', id, headers: head('notification'), body: notification },
    { name: 'valid-batch', type: 'drop.entitlement.grant', id, headers: head('notification'), body: JSON.stringify({ subscription: subscription('enabled', 'drop.entitlement.grant'), events: [{ id: 'bf7c8577', data: { user_id: '9001' } }] }) },
    { name: 'valid-revocation', type: 'revocation', id, headers: head('revocation'), body: JSON.stringify({ subscription: subscription('authorization_revoked') }) },
  ],
  sign(request, key, time) {
    request.headers['twitch-eventsub-message-id'] = id;
    request.headers['twitch-eventsub-message-timestamp'] = stamp(time);
    request.headers['twitch-eventsub-message-signature'] = signature(request, key);
  },
  accepts: (request, key, time) =>
    Math.abs(time - Date.parse(request.headers['twitch-eventsub-message-timestamp']) / 1000) <= 600 &&
    same(request.headers['twitch-eventsub-message-signature'] ?? '', signature(request, key)),
  signature: 'twitch-eventsub-message-signature',
  timestamped: { tolerance_s: 600 },
  longBody: 1000,
  extra: [
    { case: 'handshake', expect: 'handshake', ...signed('webhook_callback_verification', challenge), expect_status: 200, expect_reply: 'pogchamp-kappa-360noscope-vohiyo' },
    { case: 'handshake-stale', expect: 'reject', ...signed('webhook_callback_verification', challenge, now - 700) },
    { case: 'handshake-unsigned', expect: 'reject', headers: head('webhook_callback_verification'), body: challenge },
    { case: 'handshake-challenge-changed', expect: 'reject', headers: signed('webhook_callback_verification', challenge).headers, body: challenge.replace('kappa', 'keepo') },
  ],
});
