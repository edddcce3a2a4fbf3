// packages: @workos-inc/node@11.0.0
import { suite, hmac } from '../lib/cases.mjs';
import { WorkOS } from '@workos-inc/node';

const { webhooks } = new WorkOS('sk_test_none');
const event = (kind, id) => JSON.stringify({
  event: kind,
  id,
  data: { object: 'user', id: 'user_01E4ZCR3C5A4QZ2Z2JQXGKZJ9E', email: 'todd@example.com', first_name: 'Tödd', created_at: '2026-01-01T00:00:00.000Z' },
  created_at: '2026-01-01T00:00:00.000Z',
});

await suite({
  provider: 'workos',
  by: '@workos-inc/node@11.0.0 webhooks.constructEvent',
  config: { secrets: ['wh_sec_A1b2C3d4E5f6G7h8I9j0K1l2'] },
  bodies: [
    { name: 'valid', type: 'user.created', id: 'event_01E4ZCR3C56J083X43JQXF3JK5', body: event('user.created', 'event_01E4ZCR3C56J083X43JQXF3JK5') },
    { name: 'valid-updated', type: 'user.updated', id: 'event_01E4ZCR3C56J083X43JQXF3JK6', body: event('user.updated', 'event_01E4ZCR3C56J083X43JQXF3JK6') },
  ],
  sign(request, secret, now) {
    request.headers['workos-signature'] = `t=${now * 1000}, v1=${hmac('sha256', secret, `${now * 1000}.${request.text}`)}`;
  },
  async accepts(request, secret) {
    await webhooks.constructEvent({ payload: request.json, sigHeader: request.headers['workos-signature'], secret });
    return true;
  },
  timestamped: { tolerance_s: 180 },
  oddBodies: false, // The package takes the parsed body and writes it anew.
  lenient: ['tampered-body-trailing-newline', 'future-timestamp'],
});
