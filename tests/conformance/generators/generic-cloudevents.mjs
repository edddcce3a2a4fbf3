// packages:
import { suite, same, read } from '../lib/cases.mjs';

const url = 'https://hooks.example.com/in/generic-cloudevents';
const token = '5f1c2e8a3b1d4b0e9b550d6a2c9a7e10';
const ask = (change = {}) => ({ method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventemitter.example.com', 'webhook-request-rate': '120', ...change } });
const event = (id) => ({ specversion: '1.0', type: 'com.example.order.created', source: '/shops/42', id, data: { order_id: '1001' } });
const presented = (request) => request.headers.authorization?.match(/^Bearer (.+)$/)?.[1] ?? read(request, { query: 'access_token' });

await suite({
  provider: 'generic-cloudevents',
  by: 'none: CloudEvents webhooks, a bearer token and the handshake of the specification',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'com.example.order.created',
      id: '/shops/42#A234-1234-1234',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: '{"specversion":"1.0","type":"com.example.order.created","source":"/shops/42","subject":"orders/1001","id":"A234-1234-1234","time":"2026-01-01T00:00:00Z","datacontenttype":"application/json","data":{"order_id":"1001","total":"19.90","currency":"EUR","lines":[{"sku":"TEE-S","quantity":2,"price":"9.95"}],"customer":{"id":"c-17","email":"jon@example.com"}}}',
    },
    {
      name: 'valid-binary',
      type: 'com.example.order.paid',
      id: '/shops/42#A234-1234-1235',
      headers: { 'ce-specversion': '1.0', 'ce-type': 'com.example.order.paid', 'ce-source': '/shops/42', 'ce-subject': 'orders/1001', 'ce-id': 'A234-1234-1235', 'ce-time': '2026-01-01T00:00:05Z', 'content-type': 'application/json' },
      body: '{"order_id":"1001","total":"19.90","currency":"EUR","method":"card"}',
    },
  ],
  url,
  sign: (request, secret) => void (request.headers.authorization = `Bearer ${secret}`),
  accepts: (request, secret) => request.method === 'POST' && same(presented(request), secret),
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'valid-batch', expect: 'accept', type: 'com.example.order.created', id: '/shops/42#1', sign: true, headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify([event('1'), event('2')]) },
    { case: 'valid-query-token', expect: 'accept', type: 'com.example.order.created', id: '/shops/42#3', url: `${url}?access_token=${token}`, body: JSON.stringify(event('3')) },
    { case: 'wrong-query-token', expect: 'reject', url: `${url}?access_token=another`, body: JSON.stringify(event('3')) },
    { case: 'other-scheme', expect: 'reject', headers: { 'content-type': 'application/json', authorization: `Basic ${token}` }, body: JSON.stringify(event('3')) },
    { case: 'options', expect: 'handshake', expect_status: 200, expect_reply: '', url, ...ask() },
    { case: 'options-configured-origin', expect: 'handshake', expect_status: 200, expect_reply: '', config: { secrets: [token], origins: ['other.example', 'eventemitter.example.com'] }, url, ...ask({ 'webhook-request-origin': 'eventemitter.example.com' }) },
    { case: 'options-another-origin', expect: 'reject', config: { secrets: [token], origins: ['eventemitter.example.com'] }, url, ...ask({ 'webhook-request-origin': 'other.example' }) },
    { case: 'options-longer-origin', expect: 'reject', config: { secrets: [token], origins: ['eventemitter.example.com'] }, url, ...ask({ 'webhook-request-origin': 'eventemitter.example.com.evil.example' }) },
    { case: 'options-origin-below', expect: 'reject', config: { secrets: [token], origins: ['eventemitter.example.com'] }, url, ...ask({ 'webhook-request-origin': 'a.eventemitter.example.com' }) },
    { case: 'options-origin-in-capitals', expect: 'reject', config: { secrets: [token], origins: ['eventemitter.example.com'] }, url, ...ask({ 'webhook-request-origin': 'EVENTEMITTER.example.com' }) },
    { case: 'options-no-origin', expect: 'reject', url, method: 'OPTIONS', headers: {} },
    { case: 'options-odd-origin', expect: 'reject', url, ...ask({ 'webhook-request-origin': '<script>' }) },
  ],
});
