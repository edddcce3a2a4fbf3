// packages: chargebee@3.33.0
import { suite } from '../lib/cases.mjs';
import { basicAuthValidator } from 'chargebee';

const event = (id, type) => JSON.stringify({
  id, occurred_at: 1767225600, source: 'admin_console', object: 'event', api_version: 'v2',
  content: { subscription: { id: '16BHbhF4s42tJ2lJ', customer_id: '16BHbhF4s42sP2lD', status: 'in_trial', object: 'subscription' } },
  event_type: type, webhook_status: 'scheduled',
});
const basic = (credentials) => `Basic ${Buffer.from(credentials).toString('base64')}`;

await suite({
  provider: 'chargebee',
  by: 'chargebee@3.33.0 basicAuthValidator',
  config: { secrets: ['chargebee:a long password, with: a colon'] },
  otherConfig: { secrets: ['chargebee:another password, with: a colon'] },
  bodies: [
    { name: 'valid', type: 'subscription_created', id: 'ev_16BHbhF4s42tO2lK', body: event('ev_16BHbhF4s42tO2lK', 'subscription_created') },
    { name: 'valid-payment', type: 'payment_succeeded', id: 'ev_16BHbhF4s42tO2lL', body: event('ev_16BHbhF4s42tO2lL', 'payment_succeeded') },
  ],
  sign: (request, secret) => void (request.headers.authorization = basic(secret)),
  async accepts(request, secret) {
    await basicAuthValidator((user, password) => `${user}:${password}` === secret)(request.headers);
    return true;
  },
  covers: [], // user and password only
  oddBodies: false,
  forge: {
    'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('Basic', 'Bearer')),
    'no-password': (request) => void (request.headers.authorization = basic('chargebee:')),
    'not-encoded': (request) => void (request.headers.authorization = 'Basic chargebee:a long password, with: a colon'),
  },
});
