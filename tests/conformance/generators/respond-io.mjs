// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'respond-io',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.received',
      id: 'ed4d3c8a-6a2f-4b54-b6f8-8b6e0e7e6f11',
      body: '{"contact":{"id":1,"firstName":"John","lastName":"Doe","phone":"+60123456789","status":"open"},"message":{"messageId":1262965213,"channelId":123,"contactId":1,"traffic":"incoming","timestamp":1767225600000,"message":{"type":"text","text":"Hi"}},"channel":{"id":123,"name":"WhatsApp","source":"whatsapp"},"event_type":"message.received","event_id":"ed4d3c8a-6a2f-4b54-b6f8-8b6e0e7e6f11"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-webhook-signature'] = hmac('sha256', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-webhook-signature'], hmac('sha256', secret, request.text, 'base64'));
  },
});
