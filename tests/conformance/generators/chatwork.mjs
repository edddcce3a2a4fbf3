// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'chatwork',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64 under the token decoded from base64',
  config: { secrets: ['RSRF0DzmAhUlkuwJ6ZmTKuUMNwaGnhRsBoQ8vWf4nDs='] },
  bodies: [
    {
      name: 'valid',
      type: 'mention_to_me',
      headers: { 'user-agent': 'ChatWork-Webhook/1.0' },
      body: `{"webhook_setting_id":"12345","webhook_event_type":"mention_to_me","webhook_event_time":1767225600,"webhook_event":{"from_account_id":123456,"to_account_id":1484814,"room_id":567890123,"message_id":"789012345","body":"[To:1484814] Is the parcel on its way?\\nPlease tell me as soon as you know.","send_time":1767225595,"update_time":0}}`,
    },
    {
      name: 'valid-message-updated',
      type: 'message_updated',
      headers: { 'user-agent': 'ChatWork-Webhook/1.0' },
      body: '{"webhook_setting_id":"12345","webhook_event_type":"message_updated","webhook_event_time":1767225600,"webhook_event":{"message_id":"789012346","room_id":567890123,"account_id":123456,"body":"A corrected message.","send_time":1767225000,"update_time":1767225600}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-chatworkwebhooksignature'] = hmac('sha256', Buffer.from(secret, 'base64'), request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['x-chatworkwebhooksignature'], hmac('sha256', Buffer.from(secret, 'base64'), request.body, 'base64')),
});
