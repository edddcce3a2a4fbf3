// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, event_type, event_id) => ({ name, type: event_type, id: event_id, body: JSON.stringify({ event_id, event_type, event_body: { merchant: { id: '1234', name: 'Größe Ltd' }, transaction_id: '6115361431', order_id: 'order-42', requested_amount: '5.00' } }) });
const fields = (request) => new Map((request.headers['webhook-signature'] ?? '').split(',').map((element) => element.split('=')));

await suite({
  provider: 'nmi',
  by: 'none: documented scheme, HMAC of a nonce, a dot and the body',
  config: { secrets: ['7A5B9C3D1E8F4A2B6C0D7E5F3A1B9C8D'] },
  bodies: [event('valid', 'transaction.sale.success', '8e6fba5f-7b0f-4c5e-bda5-0a3fe4c6e2b1'), event('valid-refund', 'transaction.refund.success', '8e6fba5f-7b0f-4c5e-bda5-0a3fe4c6e2b2')],
  sign(request, secret) {
    const nonce = 'f1c2e8a3b1d4b0e9b550d6a2c9a7e10f';
    request.headers['webhook-signature'] = `t=${nonce},s=${hmac('sha256', secret, `${nonce}.${request.text}`)}`;
  },
  accepts(request, secret) {
    const given = fields(request);
    return same(given.get('s') ?? '', hmac('sha256', secret, `${given.get('t')}.${request.text}`));
  },
  forge: { 'another-nonce': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('t=f1', 't=f2')) },
});
