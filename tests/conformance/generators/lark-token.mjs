// packages:
import { suite, same, put } from '../lib/cases.mjs';

await suite({
  provider: 'lark-token',
  by: 'none: documented scheme, the Verification Token in the body',
  config: { secrets: ['v-9d8c7b6a5f4e4d3c8b2a'] },
  bodies: [
    {
      name: 'valid',
      type: 'im.message.receive_v1',
      id: '5e3702a84e847582be8db7fb73283c02',
      body: '{"schema":"2.0","header":{"event_id":"5e3702a84e847582be8db7fb73283c02","token":"v-9d8c7b6a5f4e4d3c8b2a","create_time":"1767225600000","event_type":"im.message.receive_v1","tenant_key":"736588c9260f175e","app_id":"cli_9f5343c580712544"},"event":{"sender":{"sender_id":{"open_id":"ou_84aad35d084aa403a838cf73ee18467"},"sender_type":"user"},"message":{"message_id":"om_5ce6d572455d361153b7cb51da133945","create_time":"1767225600000","chat_id":"oc_5ce6d572455d361153b7xx51da133945","chat_type":"group","message_type":"text","content":"{\\"text\\":\\"hello\\"}"}}}',
    },
    {
      name: 'valid-approval-instance',
      type: 'approval_instance',
      id: 'bc447199585340d1f3728d26b1c0297a',
      body: '{"ts":"1767225600.000000","uuid":"bc447199585340d1f3728d26b1c0297a","token":"v-9d8c7b6a5f4e4d3c8b2a","type":"event_callback","event":{"app_id":"cli_9f5343c580712544","tenant_key":"736588c9260f175e","type":"approval_instance","status":"APPROVED"}}',
    },
  ],
  sign(request, secret) {
    if (request.json.header) put(request, { json: '/header/token' }, secret);
    else put(request, { json: '/token' }, secret);
  },
  accepts(request, secret) {
    return same(request.json.header?.token ?? request.json.token, secret);
  },
  signature: { json: '/header/token' },
  covers: [],
  extra: [
    { case: 'url-verification', expect: 'handshake', body: JSON.stringify({ challenge: 'ajls384kdjx98XX', token: 'v-9d8c7b6a5f4e4d3c8b2a', type: 'url_verification' }), expect_status: 200, expect_reply: '{"challenge":"ajls384kdjx98XX"}' },
    { case: 'url-verification-wrong-token', expect: 'reject', body: JSON.stringify({ challenge: 'ajls384kdjx98XX', token: 'wrong', type: 'url_verification' }) },
  ],
});
