// packages:
import { suite, same } from '../lib/cases.mjs';

const event = (type, id) => ({ id, createdAt: '2026-01-01T00:00:00.000Z', type, payload: { conversation: { id: '029c31f25a21b47effd7be90' }, user: { id: '7f3a' } } });
const batch = (...events) => JSON.stringify({ app: { id: '5e0f1a2b3c4d5e6f70819203' }, webhook: { id: '5e0f1a2b3c4d5e6f70819204', version: 'v2' }, events });

await suite({
  provider: 'zendesk-sunshine',
  by: 'none: documented scheme, the secret in X-Api-Key',
  config: { secrets: ['8G5Kq2Zr7mXv9Lc4Tn6Wb1Kp8Ys3dHfJ0aQeUoPi'] },
  bodies: [
    { name: 'valid', type: 'conversation:message', id: '5e0f1a2b3c4d5e6f70819205', body: batch(event('conversation:message', '5e0f1a2b3c4d5e6f70819205')) },
    { name: 'valid-batch', type: 'conversation:create', id: '5e0f1a2b3c4d5e6f70819206', body: batch(event('conversation:create', '5e0f1a2b3c4d5e6f70819206'), event('conversation:message', '5e0f1a2b3c4d5e6f70819207')) },
  ],
  sign(request, secret) {
    request.headers['x-api-key'] = secret;
  },
  accepts: (request, secret) => same(request.headers['x-api-key'] ?? '', secret),
  signature: 'x-api-key',
  covers: [],
  oddBodies: false,
});
