// packages: svix@2.5.0
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'safebase',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    { name: 'valid', type: 'access_request.created', id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pS', headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pS' }, body: '{"type":"access_request.created","timestamp":"2026-01-01T00:00:00.000Z","data":{"id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","organization":"example-corp","requester":{"name":"Ada Example","email":"ada@example.com","company":"Example Ltd"},"status":"pending","reason":"Vendor review","products":["default"],"nda_required":true,"created_at":"2026-01-01T00:00:00.000Z"}}' },
    { name: 'valid-approved', type: 'access_request.approved', id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pT', headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pT' }, body: '{"type":"access_request.approved","timestamp":"2026-01-01T00:00:05.000Z","data":{"id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","status":"approved","approved_by":"trust@example.com"}}' },
  ],
  ...standard('svix', Webhook),
  longBody: 1500,
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
    'another-version': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
});
