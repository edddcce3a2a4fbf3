// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const fields = (request) => new Map((request.headers['x-qonto-signature'] ?? '').split(',').map((element) => element.split('=')));
const event = (type, data) => JSON.stringify({ type, created_at: '2026-01-01T00:00:00.000Z', data });

await suite({
  provider: 'qonto',
  by: 'none: documented scheme, HMAC of t, a dot and the body',
  config: { secrets: ['b7Kq2mXv9Ln4Rt6Wp1Zs8Yd3'] },
  bodies: [
    { name: 'valid', type: 'v1/transactions.created', body: event('v1/transactions.created', { id: '0191f1d2-7a3b-7c4d-8e5f-6a7b8c9d0e1f', amount: 200, label: 'Café' }) },
    { name: 'valid-payment-link', type: 'v1/payment-links.updated', body: event('v1/payment-links.updated', { payment_link_id: '4d1c2b3a-0f9e-4d8c-b7a6-95847362514f', status: 'paid' }) },
  ],
  sign(request, secret, now) {
    request.headers['x-qonto-signature'] = `t=${now},v1=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  accepts(request, secret, now) {
    const given = fields(request);
    return Math.abs(now - Number(given.get('t'))) <= 300 && same(given.get('v1') ?? '', hmac('sha256', secret, `${given.get('t')}.${request.text}`));
  },
  timestamped: { tolerance_s: 300 },
});
