// packages: svix@2.5.0
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'sardine',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    { name: 'valid', type: 'case.status', id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pS', headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pS' }, body: '{"id":"a1d1a9c6-1e6f-4d7d-8b3f-92c9f0f2b7f3","type":"case.status","timestamp":"2026-01-01T00:00:00.000Z","data":{"action":{"source":"dashboard","user_email":"analyst@example.com","value":"resolved"},"case":{"sessionKey":"1fe2f3a0-6a2c-4a0f-8b56-70d7f2f6b1aa","customerID":"customer-42","status":"resolved","checkpoint":"customer","queueName":"High risk"}}}' },
    { name: 'valid-document', type: 'documentVerification.complete', id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pT', headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pT' }, body: '{"id":"a1d1a9c6-1e6f-4d7d-8b3f-92c9f0f2b7f4","type":"documentVerification.complete","timestamp":"2026-01-01T00:00:05.000Z","data":{"sessionKey":"1fe2f3a0-6a2c-4a0f-8b56-70d7f2f6b1aa","status":"complete"}}' },
  ],
  ...standard('svix', Webhook),
  longBody: 1500,
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
    'another-version': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
});
