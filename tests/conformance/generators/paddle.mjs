// packages: @paddle/paddle-node-sdk@3.10.0
import { suite, hmac } from '../lib/cases.mjs';
import { LogLevel, Paddle } from '@paddle/paddle-node-sdk';

const paddle = new Paddle('unused', { logLevel: LogLevel.none });
const customer = { id: 'ctm_01hv6y1jedq4p1n0yqn5ba3ky4', name: 'Jo Brown', email: 'jo@example.com', locale: 'en', status: 'active', created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', custom_data: null, import_meta: null, marketing_consent: false };
const event = (name, type, id) => ({ name, type, id, body: JSON.stringify({ event_id: id, event_type: type, occurred_at: '2026-01-01T00:00:00.000000Z', notification_id: 'ntf_01hv8x29nnsk5mm1h2fsvy06ea', data: customer }) });

await suite({
  provider: 'paddle',
  by: '@paddle/paddle-node-sdk@3.10.0 webhooks.unmarshal',
  config: { secrets: ['pdl_ntfset_01gkdqjfnx9xnbkpvvf2nh1cmd_A7b9C1d3E5f7G9h1'] },
  bodies: [
    event('valid', 'customer.created', 'evt_01hv8x29kz0t586xy6zn1a62ny'),
    event('valid-updated', 'customer.updated', 'evt_01hv8x29kz0t586xy6zn1a62nz'),
    // The package looks at the last one.
    { ...event('valid-two-signatures', 'customer.created', 'evt_01hv8x29kz0t586xy6zn1a62n0'), headers: { 'x-test': 'two' } },
  ],
  sign(request, secret, now) {
    const h1 = hmac('sha256', secret, `${now}:${request.text}`);
    request.headers['paddle-signature'] = `ts=${now};${request.headers['x-test'] === 'two' ? `h1=${'0'.repeat(64)};` : ''}h1=${h1}`;
  },
  accepts: async (request, secret) => Boolean(await paddle.webhooks.unmarshal(request.text, secret, request.headers['paddle-signature'])),
  timestamped: { tolerance_s: 5 },
  lenient: ['future-timestamp'],
});
