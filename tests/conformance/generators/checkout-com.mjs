// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'checkout-com',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4Fg0Ha'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment_approved',
      id: 'evt_ppo35tnn7u2edoiexaelcjk5me',
      body: '{"id":"evt_ppo35tnn7u2edoiexaelcjk5me","source":"gateway","type":"payment_approved","timestamp":"2026-01-01T00:00:00.071+00:00","version":"1.0.9","data":{"action_id":"act_ndipbi6pcoturg7gicmv7ajfpy","id":"pay_wtdnbqr2oarebnxeudvehbnrki","reference":"ORD-5023-4E89","amount":200,"currency":"EUR","response_code":"10000","processed_on":"2025-12-31T23:59:59.507Z"},"_links":{"self":{"href":"https://api.checkout.com/workflows/events/evt_ppo35tnn7u2edoiexaelcjk5me"},"subject":{"href":"https://api.checkout.com/workflows/events/subject/pay_wtdnbqr2oarebnxeudvehbnrki"}}}',
    },
    {
      name: 'valid-payment-canceled',
      type: 'payment_canceled',
      id: 'evt_ppo35tnn7u2edoiexaelcjk5mf',
      body: '{"id":"evt_ppo35tnn7u2edoiexaelcjk5mf","source":"gateway","type":"payment_canceled","timestamp":"2026-01-01T00:00:00.071+00:00","version":"1.0.9","data":{"action_id":"act_ndipbi6pcoturg7gicmv7ajfpy","id":"pay_wtdnbqr2oarebnxeudvehbnrki","reference":"ORD-5023-4E89","amount":200,"currency":"EUR","processed_on":"2025-12-31T23:59:59.507Z"},"_links":{"self":{"href":"https://api.checkout.com/workflows/events/evt_ppo35tnn7u2edoiexaelcjk5mf"},"subject":{"href":"https://api.checkout.com/workflows/events/subject/pay_wtdnbqr2oarebnxeudvehbnrki"}}}',
    },
  ],
  sign(request, secret) {
    request.headers['cko-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['cko-signature'], hmac('sha256', secret, request.body)),
});
