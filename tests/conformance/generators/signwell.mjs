// packages:
import { suite, hmac, same, read, put } from '../lib/cases.mjs';

const mac = (request, secret) => hmac('sha256', secret, `${request.json.event.type}@${request.json.event.time}`);

await suite({
  provider: 'signwell',
  by: 'none: documented scheme',
  config: { secrets: ['0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'] },
  bodies: [
    {
      name: 'valid',
      type: 'document_completed',
      body: '{"event":{"hash":"","time":1767225600,"type":"document_completed","related_signer":{"name":"Jane","email":"jane@example.com"}},"data":{"object":{"id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","name":"NDA","status":"Completed","test_mode":false},"account_id":"acc_1"}}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/event/hash' }, mac(request, secret));
  },
  accepts(request, secret) {
    return same(read(request, { json: '/event/hash' }) ?? '', mac(request, secret));
  },
  signature: { json: '/event/hash' },
  covers: [],
  oddBodies: false,
  forge: {
    'another-type': (request) => put(request, { json: '/event/type' }, 'document_declined'),
  },
});
