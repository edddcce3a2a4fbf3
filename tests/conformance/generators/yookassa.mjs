// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { query: 'token' };
const event = (kind, id) => JSON.stringify({ type: 'notification', event: kind, object: { id, status: kind.split('.')[1], paid: true, amount: { value: '2.00', currency: 'RUB' }, created_at: '2026-01-01T00:00:00.123Z', description: 'Заказ 72' } });
const secret = 'b7e1c94f0a2d4638';
const url = 'https://hooks.example.com/in/yookassa';
const body = event('payment.succeeded', '22d6d597-000f-5000-9000-145f6df21d6f');

await suite({
  provider: 'yookassa',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url },
  bodies: [
    { name: 'valid', type: 'payment.succeeded', id: '22d6d597-000f-5000-9000-145f6df21d6f:payment.succeeded', body },
    { name: 'valid-refund', type: 'refund.succeeded', id: '216749f7-0016-50be-b000-078d43a63ae4:refund.succeeded', body: event('refund.succeeded', '216749f7-0016-50be-b000-078d43a63ae4') },
  ],
  sign(request, key) {
    put(request, at, key);
  },
  accepts: (request, key) => same(read(request, at) ?? '', key),
  signature: at,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'token-twice', expect: 'reject', url: `${url}?token=x&token=${secret}`, body },
    { case: 'token-in-a-header', expect: 'reject', url, headers: { 'content-type': 'application/json', token: secret }, body },
  ],
});
