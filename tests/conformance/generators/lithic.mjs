// packages: lithic@0.145.0 standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import Lithic from 'lithic';
import { Webhook } from 'standardwebhooks';

const lithic = new Lithic({ apiKey: 'none' });
const transaction = JSON.stringify({
  event_type: 'card_transaction.updated', token: '12345624-aa69-4cbc-a946-30d90181b621', card_token: '19c22c47-7a75-43ee-9891-595419830f7e',
  amount: 1800, currency: 'USD', status: 'PENDING', result: 'APPROVED', created: '2026-01-01T00:00:00Z',
});

await suite({
  provider: 'lithic',
  by: 'lithic@0.145.0 webhooks.verifySignature',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    { name: 'valid', type: 'card_transaction.updated', id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' }, body: transaction },
    { name: 'valid-card', type: 'card.created', id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X', headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X' }, body: '{"event_type":"card.created","card_token":"19c22c47-7a75-43ee-9891-595419830f7e"}' },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    lithic.webhooks.verifySignature(request.text, request.headers, secret);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
