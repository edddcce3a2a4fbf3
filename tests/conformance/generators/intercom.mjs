// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const notification = (name, topic, id, item) => ({
  name, type: topic, id,
  body: JSON.stringify({ type: 'notification_event', app_id: 'abc123', data: { type: 'notification_event_data', item }, links: {}, id, topic, delivery_attempts: 1, delivered_at: 0, first_sent_at: 1767225600, created_at: 1767225600, self: null }),
});

await suite({
  provider: 'intercom',
  by: 'none: documented scheme, HMAC-SHA1 of the body in hex after sha1=',
  config: { secrets: ['5f2d1c7b-9e8a-4b3c-8d6f-0a1b2c3d4e5f'] },
  bodies: [
    notification('valid', 'conversation.user.created', 'notif_79b83f20-8f1c-11ee-9d3b-0242ac120002', { type: 'conversation', id: '215470006823417', source: { body: '<p>Grüße</p>' } }),
    notification('valid-ping', 'ping', 'notif_7a1f0c90-8f1c-11ee-9d3b-0242ac120002', { type: 'ping', message: 'something' }),
  ],
  sign(request, secret) {
    request.headers['x-hub-signature'] = `sha1=${hmac('sha1', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-hub-signature'], `sha1=${hmac('sha1', secret, request.body)}`),
  forge: {
    'another-algorithm': (request) => void (request.headers['x-hub-signature'] = `sha256=${hmac('sha256', '5f2d1c7b-9e8a-4b3c-8d6f-0a1b2c3d4e5f', request.body)}`),
  },
  extra: [{ case: 'head', expect: 'handshake', method: 'HEAD', headers: {}, expect_status: 200, expect_reply: '' }],
});
