// packages: viber-bot@1.0.18
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';

const MessageValidator = createRequire(import.meta.url)('viber-bot/lib/message/message-validator.js');
const body = (event, token, more) => `{"event":"${event}","timestamp":1767225600000,"chat_hostname":"SN-CHAT-22_","message_token":${token},${more}}`;

await suite({
  provider: 'viber',
  by: 'viber-bot@1.0.18 MessageValidator.validateMessage',
  config: { secrets: ['445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9'] },
  bodies: [
    { name: 'valid', type: 'message', id: '4912661846655238145:message', body: body('message', '4912661846655238145', '"sender":{"id":"01234567890A=","name":"John McClane"},"message":{"type":"text","text":"a message"}') },
    { name: 'valid-seen', type: 'seen', id: '4912661846655238146:seen:01234567890A=', body: body('seen', '4912661846655238146', '"user_id":"01234567890A="') },
    { name: 'valid-webhook', type: 'webhook', id: '241256543215:webhook', body: '{"event":"webhook","timestamp":1767225600000,"message_token":241256543215}' },
  ],
  sign(request, secret) {
    request.headers['x-viber-content-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) =>
    new MessageValidator({ debug() {} }, secret).validateMessage(request.headers['x-viber-content-signature'], request.text),
});
