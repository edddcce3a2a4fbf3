// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'lokalise',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'project.key.added',
      body: '{"event":"project.key.added","key":{"id":123456789,"name":"welcome","filenames":{"ios":null,"web":"en.json"},"base_value":"Welcome"},"project":{"id":"3002780358964f9bab5a92.87762498","name":"Sample"},"user":{"full_name":"Jon","email":"jon@example.com"},"created_at":"2026-01-01 00:00:00","created_at_timestamp":1767225600}',
    },
    { name: 'valid-ping', type: 'ping', body: '["ping"]' },
  ],
  sign(request, secret) {
    put(request, 'x-secret', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'x-secret') ?? '', secret);
  },
  signature: 'x-secret',
  covers: [],
  oddBodies: false,
});
