// packages: orb-billing@6.11.0
import { suite } from '../lib/cases.mjs';
import Orb from 'orb-billing';

const orb = new Orb({ apiKey: 'unused' });
const event = (name, type, id, more) => ({ name, type, id, body: JSON.stringify({ id, created_at: '2026-01-01T00:00:00+00:00', type, properties: {}, ...more }) });
const customer = { id: '3kTnZh2PVwYyF8iq', external_customer_id: 'cust_42', name: 'Acme Größe' };

await suite({
  provider: 'orb',
  by: 'orb-billing@6.11.0 webhooks.signPayload, webhooks.unwrap',
  config: { secrets: ['c0ffee254729296a45a3885639ac7e10f9d54979'] },
  bodies: [
    event('valid', 'subscription.created', 'o4mmewpfNNTnjfZc', { subscription: { id: 'LxNXsX4aFGPGxBLB', status: 'active', currency: 'USD', customer } }),
    event('valid-invoice', 'invoice.payment_succeeded', 'u1UQ8cFdDcaoQ6KZ', { invoice: { id: 'JJP3ejrY6UA8zJ2q', amount_due: '8.00', customer } }),
    { ...event('valid-zoned-time', 'subscription.created', 'o4mmewpfNNTnjfZd', {}), headers: { 'x-test': 'zone' } },
    { ...event('valid-several-signatures', 'subscription.created', 'o4mmewpfNNTnjfZe', {}), headers: { 'x-test': 'several' } },
  ],
  sign(request, secret, now) {
    const timestamp = new Date(now * 1000).toISOString();
    request.headers['x-orb-timestamp'] = request.headers['x-test'] === 'zone' ? timestamp : timestamp.slice(0, -1);
    const mine = orb.webhooks.signPayload(request.text, { timestamp: request.headers['x-orb-timestamp'], secret });
    request.headers['x-orb-signature'] = request.headers['x-test'] === 'several' ? `v0=00ff v1=${'0'.repeat(64)} ${mine}` : mine;
  },
  accepts: (request, secret) => Boolean(orb.webhooks.unwrap(request.text, request.headers, secret)),
  signature: 'x-orb-signature',
  timestamped: { tolerance_s: 300 },
  forge: { 'another-version': (request) => void (request.headers['x-orb-signature'] = request.headers['x-orb-signature'].replace('v1=', 'v2=')) },
});
