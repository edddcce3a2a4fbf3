// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'clockify',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'NEW_TIME_ENTRY',
      headers: { 'clockify-webhook-event-type': 'NEW_TIME_ENTRY' },
      body: '{"id":"64c777ddd3fcab07cfbb210c","description":"Fix login","userId":"5a0ab5acb07987125438b60f","billable":true,"projectId":"25b687e29ae1f428e7ebe123","timeInterval":{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:30:00Z","duration":"PT30M"},"workspaceId":"64a687e29ae1f428e7ebe303"}',
    },
  ],
  sign(request, secret) {
    put(request, 'clockify-signature', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'clockify-signature') ?? '', secret);
  },
  signature: 'clockify-signature',
  covers: [],
  oddBodies: false,
});
