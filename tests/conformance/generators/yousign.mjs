// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (event_name, event_id) => JSON.stringify({ event_id, event_name, event_time: '1767225600', subscription_id: 'webhook-subscription-1', sandbox: false, data: { signature_request: { id: '5f0c2f5e', status: 'done', name: 'Contrat signé' } } });
const expected = (request, secret) => `sha256=${hmac('sha256', secret, request.body)}`;

await suite({
  provider: 'yousign',
  by: 'none: documented scheme, sha256= and hex of HMAC-SHA256 of the body',
  config: { secrets: ['5d41402abc4b2a76b9719d911017c592'] },
  bodies: [
    { name: 'valid', type: 'signature_request.done', id: '6b2f7c1d-0d0a-4f55-8a7d-0f2c3b1a9e88', body: event('signature_request.done', '6b2f7c1d-0d0a-4f55-8a7d-0f2c3b1a9e88') },
    { name: 'valid-signer', type: 'signer.done', id: '6b2f7c1d-0d0a-4f55-8a7d-0f2c3b1a9e89', body: event('signer.done', '6b2f7c1d-0d0a-4f55-8a7d-0f2c3b1a9e89') },
  ],
  sign(request, secret) {
    request.headers['x-yousign-signature-256'] = expected(request, secret);
  },
  accepts: (request, secret) => same(request.headers['x-yousign-signature-256'] ?? '', expected(request, secret)),
});
