// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'hibob',
  by: 'none: documented scheme, HMAC-SHA512 of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'employee.created',
      body: '{"companyId":637323,"type":"employee.created","triggeredBy":"3332883804594373380","triggeredAt":"2026-01-01T00:00:00.399997","version":"v2","data":{"employeeId":"3332883894235038486"}}',
    },
    {
      name: 'valid-employee-updated',
      type: 'employee.updated',
      body: '{"companyId":637323,"type":"employee.updated","triggeredBy":"3332883804594373380","triggeredAt":"2026-01-01T00:00:05.102934","version":"v2","data":{"employeeId":"3332883894235038486","fieldUpdates":[{"id":"root.firstName"},{"id":"work.department"}]}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['bob-signature'] = hmac('sha512', secret, request.body, 'base64')),
  accepts: (request, secret) => same(request.headers['bob-signature'], hmac('sha512', secret, request.body, 'base64')),
  extra: [
    { case: 'ping-text', expect: 'handshake', expect_status: 200, expect_reply: '', headers: { 'content-type': 'text/plain' }, body: 'Ping test' },
    { case: 'ping-quoted', expect: 'handshake', expect_status: 200, expect_reply: '', body: '"Ping test"' },
    { case: 'ping-object', expect: 'handshake', expect_status: 200, expect_reply: '', body: '{"text":"Ping test"}' },
    { case: 'ping-with-more', expect: 'reject', body: '{"text":"Ping test","type":"employee.created"}' },
  ],
});
