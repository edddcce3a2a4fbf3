// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { query: 'token' };
const body = (name, id, type) => ({ name, type, body: `id=${id}` });

await suite({
  provider: 'mollie-classic',
  by: 'none: nothing is signed; a token of one\'s own in the URL',
  config: { secrets: ['q7Wm2xK9vT4bN8sL'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Mollie HTTP client/1.0' },
  bodies: [body('valid', 'tr_5B8cwPMGnU6qLbRvo7qEZo', 'payment'), body('valid-order', 'ord_pbjz8x', 'order'), body('valid-another-kind', 'xyz_1', 'xyz')],
  sign: (request, secret) => put(request, place, secret),
  accepts: (request, secret) => same(read(request, place), secret),
  signature: place,
  covers: [], // Nothing but the token is looked at.
  oddBodies: 'form',
  longBody: 1000,
});
