// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'sendbird',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['6c8b0d2f4a6c8e0b1d3f5a7c9e1b2d4f60718293'] },
  bodies: [
    { name: 'valid', type: 'group_channel:message_send', body: '{"category":"group_channel:message_send","sender":{"user_id":"Jeff","nickname":"Oldies but goodies","profile_url":"","metadata":{}},"silent":false,"sender_ip_addr":"203.0.113.7","custom_type":"","mention_type":"users","mentioned_users":[],"app_id":"A1B2C3D4-E5F6-4711-8901-23456789ABCD","sdk":"API","type":"MESG","payload":{"message_id":238021628,"message":"Hello","custom_type":"","data":"","created_at":1767225600000},"channel":{"name":"Friends","channel_url":"sendbird_group_channel_1","custom_type":"","is_distinct":true},"members":[]}' },
    { name: 'valid-join', type: 'group_channel:join', body: '{"category":"group_channel:join","users":[{"user_id":"Jay","nickname":"Mighty"}],"channel":{"name":"Friends","channel_url":"sendbird_group_channel_1"},"app_id":"A1B2C3D4-E5F6-4711-8901-23456789ABCD"}' },
  ],
  sign(request, secret) {
    request.headers['x-sendbird-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-sendbird-signature'] ?? '', hmac('sha256', secret, request.body)),
});
