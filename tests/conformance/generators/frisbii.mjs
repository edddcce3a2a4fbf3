// packages:
import { suite, hmac, same, read, put } from '../lib/cases.mjs';

const mac = (request, secret) => hmac('sha256', secret, `${request.json.timestamp}${request.json.id}`);

await suite({
  provider: 'frisbii',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'invoice_settled',
      id: 'cbf3e8f5a1b24c2d8e0f1a2b3c4d5e6f',
      body: '{"id":"cbf3e8f5a1b24c2d8e0f1a2b3c4d5e6f","event_id":"9b5f5a1e2b7c4d7f9f0a7f7a3f9d2c11","event_type":"invoice_settled","timestamp":"2026-01-01T00:00:00.000Z","signature":"","customer":"cust-0013","subscription":"s-1","invoice":"inv-42","transaction":"28b1af53d7ecd1c487292402a908e2b3"}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/signature' }, mac(request, secret));
  },
  accepts(request, secret) {
    return same(read(request, { json: '/signature' }) ?? '', mac(request, secret));
  },
  signature: { json: '/signature' },
  covers: [],
  oddBodies: false,
  forge: {
    'another-id': (request) => put(request, { json: '/id' }, 'cbf3e8f5a1b24c2d8e0f1a2b3c4d5e60'),
    'another-time': (request) => put(request, { json: '/timestamp' }, '2026-01-01T00:00:01.000Z'),
  },
});
