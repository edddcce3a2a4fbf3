// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const order = (type, id) => JSON.stringify({
  event_id: id, event_type: type, event_time: 1767225600, resource_href: 'https://api.uber.com/v2/eats/order/153dd7f1', meta: { resource_id: '153dd7f1-339d-4619-940c-418943c14636', status: 'pos', user_id: '89dd9741' },
});
const delivery = JSON.stringify({ kind: 'event.delivery_status', id: 'evt_fXmGPiEYQ7aA', delivery_id: 'del_0Q4sT', status: 'pickup', created: '2026-01-01T00:00:00.000Z', customer_id: 'cus_1' });
const names = ['x-uber-signature', 'x-postmates-signature'];

await suite({
  provider: 'uber',
  by: 'none: documented scheme, hex of HMAC-SHA256 of the body',
  config: { secrets: ['Jx8mP2qRtV5wYzB3cD6fGh9kLn4sA7uE'] },
  bodies: [
    { name: 'valid', type: 'orders.notification', id: 'c4d2261e-2779-4eb6-beb0-cb41235c751e', body: order('orders.notification', 'c4d2261e-2779-4eb6-beb0-cb41235c751e') },
    { name: 'valid-cancel', type: 'orders.cancel', id: 'c4d2261e-2779-4eb6-beb0-cb41235c751f', body: order('orders.cancel', 'c4d2261e-2779-4eb6-beb0-cb41235c751f') },
    { name: 'valid-direct', type: 'event.delivery_status', id: 'evt_fXmGPiEYQ7aA', body: delivery },
  ],
  sign(request, secret) {
    for (const name of request.json.kind ? names : names.slice(0, 1)) request.headers[name] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => names.some((name) => same(request.headers[name] ?? '', hmac('sha256', secret, request.body))),
});
