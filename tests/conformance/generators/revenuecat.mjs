// packages:
import { suite, same } from '../lib/cases.mjs';

const event = (name, type, id) => ({ name, type, id, body: JSON.stringify({ api_version: '1.0', event: { id, type, event_timestamp_ms: 1767225600000, app_user_id: 'user-42', original_app_user_id: 'user-42', product_id: 'onemonth_no_trial', price: 9.99, store: 'APP_STORE' } }) });

await suite({
  provider: 'revenuecat',
  by: 'none: documented scheme, the value chosen for the authorization header',
  config: { secrets: ['q7Wm2xK9vT4bN8sLzR5c'] },
  bodies: [event('valid', 'INITIAL_PURCHASE', '12345678-1234-1234-1234-123456789012'), event('valid-renewal', 'RENEWAL', '12345678-1234-1234-1234-123456789013')],
  sign(request, secret) {
    request.headers.authorization = secret;
  },
  accepts: (request, secret) => same(request.headers.authorization ?? '', secret),
  signature: 'authorization',
  covers: [], // Nothing but the token is looked at.
  oddBodies: false,
  forge: { 'with-a-scheme': (request) => void (request.headers.authorization = `Bearer ${request.headers.authorization}`) },
});
