// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'livechat',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'incoming_chat',
      body: '{"webhook_id":"b2b7a2b5-6c7a-4f0d-8f6c-1d2e3f4a5b6c","secret_key":"","action":"incoming_chat","organization_id":"390e44e6-f1e6-0368c-z6ddb-74g14508c2ex","additional_data":{},"payload":{"chat":{"id":"PJ0MRSHTDG","users":[{"id":"b7eff798-f8df-4364-8059-649c35c9ed0c","type":"customer","name":"Jon"}],"thread":{"id":"K600PKZON8","active":true}}}}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/secret_key' }, secret);
  },
  accepts(request, secret) {
    return same(read(request, { json: '/secret_key' }) ?? '', secret);
  },
  signature: { json: '/secret_key' },
  covers: [],
  oddBodies: false,
});
