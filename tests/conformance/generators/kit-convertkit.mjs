// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { query: 'token' };
const subscriber = JSON.stringify({ subscriber: { id: 1, first_name: 'Zoë', email_address: 'zoe@example.com', state: 'active', created_at: '2026-01-01T00:00:00.000Z', fields: {} } });

await suite({
  provider: 'kit-convertkit',
  by: "none: nothing is signed; a token of one's own in the URL",
  config: { secrets: ['q7Wm2xK9vT4bN8sL'] },
  bodies: [
    { name: 'valid', type: 'subscriber', body: subscriber },
    { name: 'valid-named', type: 'subscriber.subscriber_activate', url: 'https://hooks.example.com/in/kit-convertkit?event=subscriber.subscriber_activate', body: subscriber },
    { name: 'valid-purchase', type: 'purchase', body: '{"order":{"order_id":1,"currency":"USD","total":1000}}' },
  ],
  sign: (request, secret) => put(request, place, secret),
  accepts: (request, secret) => same(read(request, place), secret),
  signature: place,
  covers: [], // Nothing but the token is looked at.
  longBody: 1000,
});
