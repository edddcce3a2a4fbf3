// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'zulip',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'mention',
      id: 'outgoing-bot@example.zulipchat.com.112',
      body: '{"bot_email":"outgoing-bot@example.zulipchat.com","bot_full_name":"Outgoing","data":"@**Outgoing** hello","trigger":"mention","token":"","message":{"id":112,"sender_id":10,"sender_email":"iago@zulip.com","stream_id":5,"subject":"Verona","timestamp":1767225600,"type":"stream","content":"<p>hello</p>"}}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/token' }, secret);
  },
  accepts(request, secret) {
    return same(read(request, { json: '/token' }) ?? '', secret);
  },
  signature: { json: '/token' },
  covers: [],
  oddBodies: false,
});
