// packages:
import { suite, hmac, put, read, same } from '../lib/cases.mjs';

const place = { query: 'signature' };
const one = (event, status) => ({ event, data: { id: 'BhVzRcxH9Z2LgfPPGXFUBa', name: 'Käufer & Co', date_created: '2025-12-31T23:00:00.000000Z', date_modified: '2026-01-01T00:00:00.000000Z', created_by: { id: 'Vgqf5KVKqmD4Bd4tjGm4hi', email: 'jane@example.com' }, status } });

await suite({
  provider: 'pandadoc',
  by: 'none: documented scheme, HMAC of the body, in the query',
  config: { secrets: ['zT5vNcXy2mHbJd7GpSfA4e'] },
  bodies: [
    { name: 'valid', type: 'document_state_changed', body: JSON.stringify([one('document_state_changed', 'document.completed')]) },
    { name: 'valid-two-events', type: 'recipient_completed', body: JSON.stringify([one('recipient_completed', 'document.viewed'), one('document_state_changed', 'document.completed')]) },
  ],
  sign: (request, secret) => put(request, place, hmac('sha256', secret, request.body)),
  accepts: (request, secret) => same(read(request, place) ?? '', hmac('sha256', secret, request.body)),
  signature: place,
});
