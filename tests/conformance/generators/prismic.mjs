// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'prismic',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'api-update',
      body: '{"type":"api-update","masterRef":"YWYhZ2xvYmFsOm1hc3Rlcg","releases":{},"masks":{},"tags":{},"experiments":{},"documents":["YxYhZxEAACQAqHk1"],"domain":"acme","apiUrl":"https://acme.prismic.io/api","secret":""}',
    },
    {
      name: 'valid-test-trigger',
      type: 'test-trigger',
      body: '{"type":"test-trigger","domain":"acme","apiUrl":"https://acme.prismic.io/api","secret":""}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/secret' }, secret);
  },
  accepts(request, secret) {
    return same(read(request, { json: '/secret' }) ?? '', secret);
  },
  signature: { json: '/secret' },
  covers: [],
  oddBodies: false,
});
