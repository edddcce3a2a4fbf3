// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${request.text}.${t}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'hume',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'chat_ended',
      body: '{"chat_group_id":"9fc18597-3567-42d5-94d6-935bde84bf2f","chat_id":"470a49f6-1dec-4afe-8b61-035d3b2d63b0","config_id":"1b60e1a0-cc59-424a-8d2c-189d354db3f3","event_name":"chat_ended","end_time":1767225600000,"duration_seconds":180,"end_reason":"USER_ENDED","caller_number":null,"custom_session_id":null}',
    },
    {
      name: 'valid-chat-started',
      type: 'chat_started',
      body: '{"chat_group_id":"9fc18597-3567-42d5-94d6-935bde84bf2f","chat_id":"470a49f6-1dec-4afe-8b61-035d3b2d63b0","config_id":"1b60e1a0-cc59-424a-8d2c-189d354db3f3","event_name":"chat_started","start_time":1767225420000,"chat_start_type":"new_chat_group"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-hume-ai-webhook-timestamp'] = at(now);
    request.headers['x-hume-ai-webhook-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-hume-ai-webhook-timestamp': t, 'x-hume-ai-webhook-signature': signature } = request.headers;
    return age(t, now) <= 180 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 180 },
});
