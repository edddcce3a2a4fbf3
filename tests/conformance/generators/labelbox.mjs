// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'labelbox',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'label_created',
      id: 'ckz1h3w9e0009',
      headers: { 'x-labelbox-event': 'label_created', 'x-labelbox-id': 'ckz1h3w9e0009' },
      body: '{"id":"ckz1h3w9e0001","label":"{\\"objects\\":[]}","createdBy":"jon@example.com","createdAt":"2026-01-01T00:00:00.000Z","project":{"id":"ckz1h3w9e0002","name":"Cats"},"dataRow":{"id":"ckz1h3w9e0003","externalId":"img-1"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-hub-signature'] = `sha1=${hmac('sha1', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-hub-signature'], `sha1=${hmac('sha1', secret, request.text)}`);
  },
});
