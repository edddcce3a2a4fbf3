// packages:
import { suite, same } from '../lib/cases.mjs';

const header = 'x-telegram-bot-api-secret-token';

await suite({
  provider: 'telegram',
  by: 'none: documented scheme, the secret token in a header',
  config: { secrets: ['tg-hook_4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'message', id: '10000', body: '{"update_id":10000,"message":{"message_id":1365,"from":{"id":1111111,"is_bot":false,"first_name":"Test","last_name":"Lastname","username":"Testusername","language_code":"en"},"chat":{"id":1111111,"first_name":"Test","last_name":"Lastname","username":"Testusername","type":"private"},"date":1767225600,"text":"/start","entities":[{"offset":0,"length":6,"type":"bot_command"}]}}' },
    { name: 'valid-callback-query', type: 'callback_query', id: '10001', body: '{"update_id":10001,"callback_query":{"id":"4382bfdwdsb323b2d9","from":{"id":1111111,"is_bot":false,"first_name":"Test"},"message":{"message_id":1366,"date":1767225500,"chat":{"id":1111111,"type":"private"},"text":"Approve?"},"chat_instance":"-1234","data":"approve"}}' },
    { name: 'valid-channel-post', type: 'channel_post', id: '10002', body: '{"update_id":10002,"channel_post":{"message_id":7,"date":1767225600,"chat":{"id":-1001234567890,"type":"channel","title":"News"},"text":"Hi"}}' },
    { name: 'valid-unknown-kind', id: '10003', body: '{"update_id":10003,"something_new":{"id":1}}' },
  ],
  sign(request, secret) {
    request.headers[header] = secret;
  },
  accepts: (request, secret) => same(request.headers[header] ?? '', secret),
  signature: header,
  covers: [],
  forge: {
    'token-in-the-query': (request) => {
      request.url += `?${header}=${request.headers[header]}`;
      delete request.headers[header];
    },
    'token-and-more': (request) => void (request.headers[header] += 'x'),
    'token-in-capitals': (request) => void (request.headers[header] = request.headers[header].toUpperCase()),
  },
  extra: 'edited_message edited_channel_post inline_query chosen_inline_result my_chat_member chat_member chat_join_request message_reaction message_reaction_count poll poll_answer shipping_query pre_checkout_query business_connection business_message edited_business_message deleted_business_messages purchased_paid_media chat_boost removed_chat_boost'
    .split(' ')
    .map((type, index) => ({ case: `valid-${type}`, expect: 'accept', sign: true, type, id: String(20000 + index), body: JSON.stringify({ update_id: 20000 + index, [type]: {} }) })),
});
