// packages:
import { suite, same } from '../lib/cases.mjs';

const secret = 'b7e1c94f0a2d4638b7e1c94f';
const json = { 'content-type': 'application/json' };
const body = '{"type":"INSERT","table":"orders","schema":"public","record":{"id":42,"customer_id":"8ccaa7af-909f-44e7-84cb-67cdccb56be6","status":"new","total":"19.90","created_at":"2026-01-01T00:00:00+00:00"},"old_record":null}';

await suite({
  provider: 'supabase-db-webhooks',
  by: 'none: no signature, a bearer token that the operator sets',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'public.orders.INSERT', body },
    { name: 'valid-delete', type: 'public.orders.DELETE', body: '{"type":"DELETE","table":"orders","schema":"public","record":null,"old_record":{"id":41,"status":"cancelled","total":"5.00"}}' },
  ],
  sign(request, key) {
    request.headers.authorization = `Bearer ${key}`;
  },
  accepts: (request, key) => same(request.headers.authorization ?? '', `Bearer ${key}`),
  signature: 'authorization',
  covers: [],
  extra: [
    { case: 'token-without-bearer', expect: 'reject', headers: { ...json, authorization: secret }, body },
    { case: 'token-in-the-query', expect: 'reject', url: `https://hooks.example.com/in/supabase-db-webhooks?token=${secret}`, headers: json, body },
  ],
});
