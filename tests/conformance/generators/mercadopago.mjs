// packages: mercadopago@3.6.1
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';

const { WebhookSignatureValidator } = createRequire(import.meta.url)('mercadopago');
const url = (id) => `https://hooks.example.com/in/mercadopago?data.id=${id}&type=payment`;
const dataId = (request) => new URL(request.url).searchParams.get('data.id')?.toLowerCase();
const event = (id, type, action, data) => JSON.stringify({ action, api_version: 'v1', data: { id: data }, date_created: '2026-01-01T00:00:00Z', id, live_mode: true, type, user_id: '44444' });
const requestId = 'bb56a2f1-6aae-46ac-982e-9dcd3581d08e';
const secret = '9f2c8a7d1e0b4c6f3a5d7e9b1c2d4f6a8b0c2e4f6a8d0b1c3e5f7a9b2d4c6e8f';
const payment = event(112233445566, 'payment', 'payment.created', '999999999');
const milliseconds = (time) => ({
  type: 'payment.payment.created', id: '112233445566', body: payment,
  headers: { 'content-type': 'application/json', 'x-request-id': requestId, 'x-signature': `ts=${time},v1=${hmac('sha256', secret, `id:999999999;request-id:${requestId};ts:${time};`)}` },
});

await suite({
  provider: 'mercadopago',
  by: 'mercadopago@3.6.1 WebhookSignatureValidator.validate',
  config: { secrets: [secret] },
  url: url('999999999'),
  bodies: [
    { name: 'valid', type: 'payment.payment.created', id: '112233445566', headers: { 'x-request-id': requestId }, body: payment },
    { name: 'valid-upper-case-id', type: 'order.order.processed', id: '112233445567', url: url('ORD01JQ4S4KY8HWQ6NA5PXB65B3D3'), headers: { 'x-request-id': requestId }, body: event(112233445567, 'order', 'order.processed', 'ORD01JQ4S4KY8HWQ6NA5PXB65B3D3') },
    { name: 'valid-without-request-id', type: 'payment.payment.created', id: '112233445566', body: payment },
    { name: 'valid-without-data-id', type: 'payment.payment.created', id: '112233445566', url: 'https://hooks.example.com/in/mercadopago', headers: { 'x-request-id': requestId }, body: payment },
  ],
  sign(request, secret, now) {
    const id = dataId(request);
    const own = request.headers['x-request-id'];
    const signed = `${id ? `id:${id};` : ''}${own ? `request-id:${own};` : ''}ts:${now};`;
    request.headers['x-signature'] = `ts=${now},v1=${hmac('sha256', secret, signed)}`;
  },
  accepts(request, secret) {
    const { 'x-signature': xSignature, 'x-request-id': xRequestId } = request.headers;
    // The package counts in seconds and leaves the age unjudged where no tolerance is given.
    const [, time] = /ts=(\d+)/.exec(xSignature) ?? [];
    const age = time?.length > 10 ? {} : { toleranceSeconds: 300 };
    WebhookSignatureValidator.validate({ xSignature, xRequestId, dataId: dataId(request), secret, ...age });
    return !age.toleranceSeconds ? Math.abs(Date.now() - Number(time)) <= 300_000 : true;
  },
  covers: [], // Neither the body nor other parameters are signed.
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-data-id': (request) => void (request.url = url('999999998')),
    'missing-data-id': (request) => void (request.url = 'https://hooks.example.com/in/mercadopago?type=payment'),
    'another-request-id': (request) => void (request.headers['x-request-id'] = 'bb56a2f1-6aae-46ac-982e-9dcd3581d08f'),
    'missing-request-id': (request) => void delete request.headers['x-request-id'],
    'another-version': (request) => void (request.headers['x-signature'] = request.headers['x-signature'].replace('v1=', 'v2=')),
  },
  extra: [
    { case: 'valid-milliseconds', expect: 'accept', ...milliseconds(1767225600000) },
    { case: 'stale-milliseconds', expect: 'reject', ...milliseconds(1767225000000) },
  ],
});
