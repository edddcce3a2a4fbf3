// packages: hook0-client@1.1.0
import { hmac, put, suite } from '../lib/cases.mjs';
import hook0 from 'hook0-client';

const listed = ['content-type', 'x-event-id', 'x-event-type'];
const signature = 'x-hook0-signature';

await suite({
  provider: 'coinbase-cdp',
  by: 'hook0-client@1.1.0 verifyWebhookSignature',
  config: { secrets: ['d3d6a1f0-7c2b-4e5f-8a9b-0c1d2e3f4a5b'] },
  bodies: [
    {
      name: 'valid',
      type: 'checkout.payment.success',
      id: 'b0a5f0c6-1c7e-4b1f-9f5d-0b8a3a1e2c01',
      headers: { 'x-event-id': 'b0a5f0c6-1c7e-4b1f-9f5d-0b8a3a1e2c01', 'x-event-type': 'checkout.payment.success' },
      body: '{"eventId":"b0a5f0c6-1c7e-4b1f-9f5d-0b8a3a1e2c01","eventType":"checkout.payment.success","timestamp":"2026-01-01T00:00:00.123Z","id":"69163c762331ec43a6a3ad4d","amount":"100.00","currency":"USDC","network":"base","status":"COMPLETED","address":"0xc6c1a4c4d3c1c6f0f7a4e7a6c41a3e7a0d6b7f11","metadata":{"invoiceId":"12345"},"createdAt":"2025-12-31T23:58:00Z"}',
    },
    {
      name: 'valid-onramp-transaction-updated',
      type: 'onramp.transaction.updated',
      id: 'b0a5f0c6-1c7e-4b1f-9f5d-0b8a3a1e2c02',
      headers: { 'x-event-id': 'b0a5f0c6-1c7e-4b1f-9f5d-0b8a3a1e2c02', 'x-event-type': 'onramp.transaction.updated' },
      body: '{"eventId":"b0a5f0c6-1c7e-4b1f-9f5d-0b8a3a1e2c02","eventType":"onramp.transaction.updated","timestamp":"2026-01-01T00:00:00.123Z","transactionId":"113e5f5b-1a2b","status":"ONRAMP_TRANSACTION_STATUS_SUCCESS","purchaseCurrency":"USDC","purchaseNetwork":"base","paymentTotal":{"value":"100.00","currency":"USD"},"partnerUserRef":"user-42"}',
    },
  ],
  sign(request, secret, now) {
    const content = `${now}.${listed.join(' ')}.${listed.map((name) => request.headers[name]).join('.')}.${request.text}`;
    const old = hmac('sha256', secret, `${now}.${request.text}`);
    request.headers[signature] = `t=${now},v0=${old},h=${listed.join(' ')},v1=${hmac('sha256', secret, content)}`;
  },
  accepts(request, secret) {
    hook0.verifyWebhookSignature(request.headers[signature], request.body, new Headers(request.headers), secret, 300);
    return true;
  },
  // Of the two signatures the first is damaged by default, which does not count.
  skip: ['changed-signature', 'truncated-signature'],
  timestamped: { tolerance_s: 300 },
  lenient: ['only-v0'],
  forge: {
    'another-event-type': (request) => put(request, 'x-event-type', 'checkout.payment.failed'),
    'missing-event-id': (request) => put(request, 'x-event-id', undefined),
    'shorter-list': (request) => put(request, signature, request.headers[signature].replace(' x-event-type', '')),
    'only-v0': (request) => put(request, signature, request.headers[signature].replace(/,h=.*/, '')),
    'changed-v1': (request) => put(request, signature, request.headers[signature].replace(/.$/, (last) => (last === '0' ? '1' : '0'))),
    'truncated-v1': (request) => put(request, signature, request.headers[signature].slice(0, -4)),
  },
});
