// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const signed = (request, secret) => hmac('sha256', Buffer.from(secret, 'hex'), request.body);

await suite({
  provider: 'squarespace',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex under the key decoded from hex',
  config: { secrets: ['5a1d9f3c7e2b4680a1c3e5d7f9b1d3f5a7c9e1b3d5f7a9c1e3b5d7f9a1c3e5b7'] },
  bodies: [
    { name: 'valid', type: 'order.create', id: '5c2ba184b63ed3cb411ce2b1', body: '{"id":"5c2ba184b63ed3cb411ce2b1","websiteId":"5f3c3d55ac435e1a051f77b3","subscriptionId":"5f3c2155d947844beedda991","topic":"order.create","createdOn":"2026-01-01T00:00:00.000Z","data":{"orderId":"585d498fdee9f31a60284a37"}}' },
    { name: 'valid-uninstall', type: 'extension.uninstall', id: '5c2ba184b63ed3cb411ce2b2', body: '{"id":"5c2ba184b63ed3cb411ce2b2","websiteId":"5f3c3d55ac435e1a051f77b3","subscriptionId":"5f3c2155d947844beedda991","topic":"extension.uninstall","createdOn":"2026-01-01T00:00:05.000Z","data":{}}' },
  ],
  sign(request, secret) {
    request.headers['squarespace-signature'] = signed(request, secret);
  },
  accepts: (request, secret) => same(request.headers['squarespace-signature'] ?? '', signed(request, secret)),
  forge: {
    'secret-as-text': (request) => void (request.headers['squarespace-signature'] = hmac('sha256', '5a1d9f3c7e2b4680a1c3e5d7f9b1d3f5a7c9e1b3d5f7a9c1e3b5d7f9a1c3e5b7', request.body)),
  },
});
