// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (type, id, data) => JSON.stringify({ type, tts_notification_id: id, shop_id: '7494049642642441621', timestamp: 1767225600, data });
const expected = (request, secret, { app_key }) => hmac('sha256', secret, Buffer.concat([Buffer.from(app_key), request.body]));

await suite({
  provider: 'tiktok-shop',
  by: 'none: documented scheme, hex of HMAC-SHA256 of app key and body in Authorization',
  config: { secrets: ['8c6e4a2b0f9d7e5c3a1b8f6d4e2c0a9b7d5f3e1c'], app_key: '68xu5ks8abcd1' },
  bodies: [
    { name: 'valid', type: 'ORDER_STATUS_CHANGE', id: '7327112393057371910', body: event(1, '7327112393057371910', { order_id: '576486316948490001', order_status: 'UNPAID' }) },
    { name: 'valid-unnamed-type', type: '42', id: '7327112393057371911', body: event(42, '7327112393057371911', { combined_listing_id: '123456789' }) },
  ],
  sign(request, secret, now, config) {
    request.headers.authorization = expected(request, secret, config);
  },
  accepts: (request, secret, now, config) => same(request.headers.authorization ?? '', expected(request, secret, config)),
  signature: 'authorization',
  forge: {
    'app-key-not-signed': (request) => void (request.headers.authorization = hmac('sha256', '8c6e4a2b0f9d7e5c3a1b8f6d4e2c0a9b7d5f3e1c', request.body)),
    'scheme-word': (request) => void (request.headers.authorization = `Bearer ${request.headers.authorization}`),
  },
});
