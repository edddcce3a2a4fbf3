// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const decision = (status, code) => JSON.stringify({
  status: 'success', verification: { id: '12df6045-3846-3e45-946a-14fa6136d78b', status, code, decisionTime: '2026-01-01T00:05:00.000Z', person: { firstName: 'ZOË' } }, technicalData: { ip: '186.153.67.122' },
});
const action = JSON.stringify({ id: 'f04bdb47-d3be-4b28-b028-a652feb060b5', attemptId: 'e1fdb1a5', feature: 'selfid', code: 7002, action: 'submitted', vendorData: '12345678' });
const client = { 'x-auth-client': '9d6b4a7e-6c2f-4f3a-8d1b-5e0c7a9f2b3d' };

await suite({
  provider: 'veriff',
  by: 'none: documented scheme, hex of HMAC-SHA256 of the body',
  config: { secrets: ['a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d'] },
  bodies: [
    { name: 'valid', type: 'decision.approved', headers: client, body: decision('approved', 9001) },
    { name: 'valid-declined', type: 'decision.declined', headers: client, body: decision('declined', 9102) },
    { name: 'valid-event', type: 'event.submitted', headers: client, body: action },
    { name: 'valid-fullauto', type: 'fullauto', headers: client, body: '{"status":"success","eventType":"fullauto","sessionId":"12df6045-3846-3e45-946a-14fa6136d78b","time":"2026-01-01T00:05:00.000Z"}' },
  ],
  sign(request, secret) {
    request.headers['x-hmac-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-hmac-signature'] ?? '', hmac('sha256', secret, request.body)),
});
