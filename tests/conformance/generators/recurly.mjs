// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, object_type, event_type, id) => ({
  name, type: `${object_type}.${event_type}`, id, headers: { 'recurly-notification-id': id },
  body: JSON.stringify({ id, object_type, site_id: 'qzy5q8o0n7hb', event_type, event_time: '2026-01-01T00:00:00Z', uuid: '5c1f8a2b7d3e4f60918273a4b5c6d7e8', account_code: 'Größe-42', object_id: 's7dk3m9qwxyz' }),
});

await suite({
  provider: 'recurly',
  by: 'none: documented scheme, a time in milliseconds and one HMAC or two, in a row',
  config: { secrets: ['b7Kq2mXv9Ln4Rt6Wp1Zs8Yd3Fg5Hc0Jb'] },
  bodies: [
    event('valid', 'subscription', 'created', 's1bkd5ujvcpz'),
    event('valid-invoice', 'charge_invoice', 'paid', 's1bkd5ujvcq0'),
    { ...event('valid-two-signatures', 'account', 'updated', 's1bkd5ujvcq1'), headers: { 'x-test': 'two' } },
  ],
  sign(request, secret, now) {
    const mine = hmac('sha256', secret, `${now * 1000}.${request.text}`);
    request.headers['recurly-signature'] = [now * 1000, ...(request.headers['x-test'] ? ['0'.repeat(64)] : []), mine].join(',');
  },
  accepts(request, secret, now) {
    const [time, ...given] = (request.headers['recurly-signature'] ?? '').split(',');
    return Math.abs(now * 1000 - Number(time)) <= 300000 && given.some((one) => same(one, hmac('sha256', secret, `${time}.${request.text}`)));
  },
  timestamped: { tolerance_s: 300 },
});
