// packages:
import { suite, hmac, same, read, put } from '../lib/cases.mjs';

const mac = (request, secret) => hmac('sha256', secret, `${request.json.token}${request.json.triggeredAt}`);

await suite({
  provider: 'lever',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'candidateStageChange',
      id: 'ba09d6cb-b6d5-4f43-a131-9d7b2c3e4f5a',
      body: '{"id":"ba09d6cb-b6d5-4f43-a131-9d7b2c3e4f5a","triggeredAt":1767225600000,"event":"candidateStageChange","signature":"","token":"5d1c9b0a7e6f4d3c2b1a0f9e8d7c6b5a","data":{"candidateId":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","opportunityId":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e18","fromStageId":"00922a60-7c15-422b-b086-f62000824fd7","toStageId":"00922a60-7c15-422b-b086-f62000824fd8"}}',
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
    'another-token': (request) => put(request, { json: '/token' }, '5d1c9b0a7e6f4d3c2b1a0f9e8d7c6b5b'),
  },
});
