// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (event_type, id) => JSON.stringify({ id, event_type, resource_type: 'candidate', fired_at: '2026-01-01T00:00:00.000Z', data: { id: 'ce4da98', name: 'Lakíta Marrero', stage: 'Applied' } });

await suite({
  provider: 'workable',
  by: 'none: documented scheme, HMAC-SHA256 of the body (in hex, as its users read it)',
  config: { secrets: ['7Kc2qXr9Lw4Tn6Wb1Kp8Ys3dGh5jZv0m'] },
  bodies: [
    { name: 'valid', type: 'candidate_created', id: '2b5c7d9e1f30', body: event('candidate_created', '2b5c7d9e1f30') },
    { name: 'valid-moved', type: 'candidate_moved', id: '2b5c7d9e1f31', body: event('candidate_moved', '2b5c7d9e1f31') },
  ],
  sign(request, secret) {
    request.headers['x-workable-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-workable-signature'] ?? '', hmac('sha256', secret, request.body)),
});
