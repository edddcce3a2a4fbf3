// packages:
import { suite, hmac, same, put } from '../lib/cases.mjs';

const mac = ({ json: event }, secret) => {
  const { iyziEventType: type, iyziPaymentId, paymentId, token, paymentConversationId: order, status } = event;
  return hmac('sha256', secret, token ? `${secret}${type}${iyziPaymentId}${token}${order}${status}` : `${secret}${type}${paymentId}${order}${status}`);
};

await suite({
  provider: 'iyzico',
  by: 'none: documented scheme',
  config: { secrets: ['sandbox-A1b2C3d4E5f6G7h8I9j0K1l2'] },
  bodies: [
    {
      name: 'valid',
      type: 'PAYMENT_API.SUCCESS',
      id: '7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17',
      body: '{"paymentConversationId":"order-42","merchantId":1,"paymentId":25600001,"status":"SUCCESS","iyziReferenceCode":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","iyziEventType":"PAYMENT_API","iyziEventTime":1767225600000,"iyziPaymentId":25600001}',
    },
    {
      name: 'valid-checkout-form-auth-success',
      type: 'CHECKOUT_FORM_AUTH.SUCCESS',
      id: '7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e18',
      body: '{"paymentConversationId":"order-43","merchantId":1,"token":"e5f1d17c-cf3d-4ae3-8d1a-5b8e8d0bf7c0","status":"SUCCESS","iyziReferenceCode":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e18","iyziEventType":"CHECKOUT_FORM_AUTH","iyziEventTime":1767225605000,"iyziPaymentId":25600002}',
    },
  ],
  sign(request, secret) {
    request.headers['x-iyz-signature-v3'] = mac(request, secret);
  },
  accepts(request, secret) {
    return same(request.headers['x-iyz-signature-v3'], mac(request, secret));
  },
  covers: [],
  oddBodies: false,
  forge: {
    'another-status': (request) => put(request, { json: '/status' }, 'FAILURE'),
    'another-order': (request) => put(request, { json: '/paymentConversationId' }, 'order-44'),
  },
});
