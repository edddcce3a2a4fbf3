// packages:
import { suite, same } from '../lib/cases.mjs';

const event = (kind) => JSON.stringify({ created: '2026-01-01T00:00:00.536Z', business_id: '59e0daf704a3f8d26af79a2b', event: kind, data: { status: 'SUCCEEDED', payment_id: 'py-1402feb0', reference_id: 'order-8231' } });
const head = (id) => ({ 'webhook-id': id });

await suite({
  provider: 'xendit',
  by: 'none: documented scheme, the token in X-Callback-Token',
  config: { secrets: ['V9f0eHq7wXnT2kLr8sZc5bYp1mJd4gAu6iEo3tRv'] },
  bodies: [
    { name: 'valid', type: 'payment.capture', id: '66cc7f1a3b0f4e0001a2b3c4', headers: head('66cc7f1a3b0f4e0001a2b3c4'), body: event('payment.capture') },
    { name: 'valid-invoice', type: 'status.paid', id: '66cc7f1a3b0f4e0001a2b3c5', headers: head('66cc7f1a3b0f4e0001a2b3c5'), body: '{"id":"579c8d61f23fa4ca35e52da4","external_id":"invoice_123","status":"PAID","amount":50000,"updated":"2026-01-01T00:00:00.000Z"}' },
  ],
  sign(request, secret) {
    request.headers['x-callback-token'] = secret;
  },
  accepts: (request, secret) => same(request.headers['x-callback-token'] ?? '', secret),
  signature: 'x-callback-token',
  covers: [],
  oddBodies: false,
});
