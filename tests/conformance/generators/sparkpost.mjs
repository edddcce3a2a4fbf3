// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'sparkpost',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'bounce',
      id: '92356927693813856',
      headers: { 'x-messagesystems-batch-id': '21fdb1c9-8b9d-4d8e-9a1b-0c9a7e10b5f1' },
      body: '[{"msys":{"message_event":{"type":"bounce","bounce_class":"10","event_id":"92356927693813856","message_id":"000443ee14578172be22","rcpt_to":"jon@example.com","error_code":"554","reason":"MAIL REFUSED","subaccount_id":"101","timestamp":"1767225600"}}}]',
    },
    {
      name: 'valid-batch-of-two',
      type: 'click',
      id: '92356927693813857',
      body: '[{"msys":{"track_event":{"type":"click","event_id":"92356927693813857","message_id":"000443ee14578172be23","target_link_url":"https://example.com/","timestamp":"1767225601"}}},{"msys":{"message_event":{"type":"delivery","event_id":"92356927693813858","message_id":"000443ee14578172be24","timestamp":"1767225602"}}}]',
    },
  ],
  sign(request, secret) {
    put(request, 'x-messagesystems-webhook-token', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'x-messagesystems-webhook-token') ?? '', secret);
  },
  signature: 'x-messagesystems-webhook-token',
  covers: [],
  oddBodies: false,
  extra: [{ case: 'empty-batch', expect: 'accept', headers: { 'content-type': 'application/json', 'x-messagesystems-webhook-token': 'A1b2C3d4E5f6G7h8I9j0' }, body: '[]' }],
});
