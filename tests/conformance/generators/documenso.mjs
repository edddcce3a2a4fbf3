// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'documenso',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'DOCUMENT_COMPLETED',
      body: '{"event":"DOCUMENT_COMPLETED","payload":{"id":10,"externalId":"order-42","userId":1,"title":"contract.pdf","status":"COMPLETED","createdAt":"2026-01-01T00:00:00.000Z","completedAt":"2026-01-01T00:05:00.000Z","recipients":[{"id":52,"email":"jane@example.com","role":"SIGNER","signingStatus":"SIGNED"}]},"createdAt":"2026-01-01T00:05:00.000Z","webhookEndpoint":"https://hooks.example.com/in/documenso"}',
    },
  ],
  sign(request, secret) {
    put(request, 'x-documenso-secret', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'x-documenso-secret') ?? '', secret);
  },
  signature: 'x-documenso-secret',
  covers: [],
  oddBodies: false,
});
