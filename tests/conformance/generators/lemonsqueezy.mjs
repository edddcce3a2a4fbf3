// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, type, data) => ({
  name, type, headers: { 'x-event-name': type },
  body: JSON.stringify({ meta: { test_mode: false, event_name: type, webhook_id: '5f6b1c2d-3e4f-4a5b-8c6d-7e8f9a0b1c2d', custom_data: { user_id: '123' } }, data }),
});

await suite({
  provider: 'lemonsqueezy',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['ls-signing-2d4f6a8c'] },
  bodies: [
    event('valid', 'order_created', { type: 'orders', id: '1042', attributes: { user_name: 'Zoë', currency: 'USD', total: 3199, status: 'paid', updated_at: '2026-01-01T00:00:00.000000Z' } }),
    event('valid-subscription', 'subscription_updated', { type: 'subscriptions', id: '77', attributes: { status: 'active', updated_at: '2026-01-01T00:00:05.000000Z' } }),
  ],
  sign(request, secret) {
    request.headers['x-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-signature'], hmac('sha256', secret, request.body)),
});
