// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const ping = '{"action":"ping","payload":{"web_hook_id":7}}';

await suite({
  provider: 'greenhouse',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'hire_candidate',
      id: '29837465',
      headers: { 'greenhouse-event-id': '29837465' },
      body: '{"action":"hire_candidate","payload":{"application":{"id":46194062,"rejected_at":null,"prospect":false,"status":"hired","applied_at":"2025-12-15T19:45:55Z","last_activity_at":"2026-01-01T00:00:00Z","url":"https://app.greenhouse.io/people/37031511?application_id=46194062","source":{"id":27,"name":"LinkedIn"},"candidate":{"id":37031511,"first_name":"Hank","last_name":"Hire"},"jobs":[{"id":371417,"name":"Designer","status":"closed"}]}}}',
    },
    {
      name: 'valid-new-candidate-application',
      type: 'new_candidate_application',
      id: '29837466',
      headers: { 'greenhouse-event-id': '29837466' },
      body: '{"action":"new_candidate_application","payload":{"application":{"id":48712271,"status":"active","applied_at":"2026-01-01T00:00:05Z","candidate":{"id":38468998,"first_name":"Giuseppe","last_name":"Hurley"},"jobs":[{"id":371418,"name":"Baker","status":"open"}]}}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['signature'] = `sha256 ${hmac('sha256', secret, request.body)}`),
  accepts: (request, secret) => same(request.headers['signature'], `sha256 ${hmac('sha256', secret, request.body)}`),
  extra: [
    { case: 'ping', expect: 'handshake', expect_status: 200, expect_reply: '', sign: true, body: ping },
    { case: 'ping-unsigned', expect: 'reject', body: ping },
    {
      case: 'prefix-with-equals', expect: 'reject', body: ping,
      headers: { 'content-type': 'application/json', signature: `sha256=${hmac('sha256', '5f1c2e8a3b1d4b0e9b550d6a2c9a7e10', ping)}` },
    },
  ],
});
