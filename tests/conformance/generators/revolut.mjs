// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const expected = (request, secret) => `v1=${hmac('sha256', secret, `v1.${request.headers['revolut-request-timestamp']}.${request.text}`)}`;
const state = '{"event":"TransactionStateChanged","timestamp":"2026-01-01T00:00:00.000Z","data":{"id":"9a6434d8-3581-4faa-988b-48875e785be7","request_id":"6a8b2ad9-d8b9-4348-9207-1c5737ccf11b","old_state":"pending","new_state":"completed"}}';

await suite({
  provider: 'revolut',
  by: 'none: documented scheme, HMAC of v1, time and body',
  config: { secrets: ['wsk_r59a4HfWVAKycbCaNO1RvgCJec02gRd8'] },
  bodies: [
    { name: 'valid', type: 'TransactionStateChanged', body: state },
    { name: 'valid-order', type: 'ORDER_COMPLETED', body: '{"event":"ORDER_COMPLETED","order_id":"9fc01989-3f61-4484-a5d9-ffe768531be9","merchant_order_ext_ref":"Größe-42"}' },
    { name: 'valid-two-signatures', type: 'TransactionStateChanged', headers: { 'x-test': 'two' }, body: state },
  ],
  sign(request, secret, now) {
    request.headers['revolut-request-timestamp'] = String(now * 1000);
    request.headers['revolut-signature'] = `${request.headers['x-test'] ? `v1=${'0'.repeat(64)},` : ''}${expected(request, secret)}`;
  },
  accepts: (request, secret, now) => Math.abs(now * 1000 - Number(request.headers['revolut-request-timestamp'])) <= 300000
    && (request.headers['revolut-signature'] ?? '').split(',').some((one) => same(one, expected(request, secret))),
  signature: 'revolut-signature',
  timestamped: { tolerance_s: 300 },
});
