// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'front-rule',
  by: 'none: documented scheme, HMAC-SHA1 of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'inbound',
      id: 'evt_55c8c149',
      body: '{"_links":{"self":"https://example.api.frontapp.com/events/evt_55c8c149"},"id":"evt_55c8c149","type":"inbound","emitted_at":1767225600.9,"conversation":{"_links":{"self":"https://example.api.frontapp.com/conversations/cnv_55c8c149"},"id":"cnv_55c8c149","subject":"You broke my heart, Hubert.","status":"archived","tags":[{"id":"tag_55c8c149","name":"Robots"}]},"source":{"_meta":{"type":"inboxes"},"data":[{"id":"inb_55c8c149","name":"Support"}]},"target":{"_meta":{"type":"message"},"data":{"id":"msg_1q15qmtq","type":"email","is_inbound":true}}}',
    },
    {
      name: 'valid-assign',
      type: 'assign',
      id: 'evt_55c8c14a',
      body: '{"_links":{"self":"https://example.api.frontapp.com/events/evt_55c8c14a"},"id":"evt_55c8c14a","type":"assign","emitted_at":1767225605,"conversation":{"id":"cnv_55c8c149","subject":"You broke my heart, Hubert.","status":"assigned"},"source":{"_meta":{"type":"rule"},"data":{"id":"rul_55c8c149","name":"Assign Bender"}},"target":{"_meta":{"type":"teammate"},"data":{"id":"tea_55c8c149","email":"bender@example.com"}}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-front-signature'] = hmac('sha1', secret, request.body, 'base64')),
  accepts: (request, secret) => same(request.headers['x-front-signature'], hmac('sha1', secret, request.body, 'base64')),
});
