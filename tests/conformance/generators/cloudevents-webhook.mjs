// packages:
import { same, suite } from '../lib/cases.mjs';

const secret = '2YotnFZFEjr1zCsicMWpAA';
const url = 'https://hooks.example.com/in/cloudevents-webhook';
const ask = { method: 'OPTIONS', url, headers: { 'webhook-request-origin': 'events.example.com', 'webhook-request-rate': '120', authorization: `Bearer ${secret}` } };

await suite({
  provider: 'cloudevents-webhook',
  by: 'none: documented scheme, the bearer token in Authorization or access_token',
  config: { secrets: ['2YotnFZFEjr1zCsicMWpAA'] },
  bodies: [
    {
      name: 'valid',
      type: 'com.example.order.created',
      id: '/orders#A234-1234-1234',
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', 'webhook-request-origin': 'events.example.com' },
      body: '{"specversion":"1.0","type":"com.example.order.created","source":"/orders","id":"A234-1234-1234","time":"2026-01-01T00:00:00Z","subject":"order-42","datacontenttype":"application/json","data":{"order":"order-42","total":"19.90","currency":"EUR","lines":[{"sku":"TEE-S","quantity":1},{"sku":"MUG","quantity":2}],"customer":{"name":"Jon Example","email":"jon@example.com"}}}',
    },
    {
      name: 'valid-binary',
      type: 'com.example.order.shipped',
      id: '/orders#A234-1234-1236',
      headers: { 'content-type': 'application/json', 'webhook-request-origin': 'events.example.com', 'ce-specversion': '1.0', 'ce-type': 'com.example.order.shipped', 'ce-source': '/orders', 'ce-id': 'A234-1234-1236', 'ce-time': '2026-01-01T00:00:10Z', 'ce-subject': 'order-42' },
      body: '{"type":"parcel","order":"order-42","carrier":"dhl","tracking":"00340434161094042557","weightGrams":1250,"shippedAt":"2026-01-01T00:00:10Z","address":{"city":"Berlin","country":"DE","street":"Chausseestr. 1"},"lines":[{"sku":"TEE-S","quantity":1},{"sku":"MUG","quantity":2}]}',
    },
    {
      name: 'valid-batch',
      type: 'com.example.order.created',
      id: '/orders#A234-1234-1234',
      headers: { 'content-type': 'application/cloudevents-batch+json; charset=utf-8', 'webhook-request-origin': 'events.example.com' },
      body: '[{"specversion":"1.0","type":"com.example.order.created","source":"/orders","id":"A234-1234-1234","time":"2026-01-01T00:00:00Z","subject":"order-42","datacontenttype":"application/json","data":{"order":"order-42","total":"19.90","currency":"EUR","lines":[{"sku":"TEE-S","quantity":1},{"sku":"MUG","quantity":2}],"customer":{"name":"Jon Example","email":"jon@example.com"}}},{"specversion":"1.0","type":"com.example.order.paid","source":"/orders","id":"A234-1234-1235","time":"2026-01-01T00:00:05Z","subject":"order-42","datacontenttype":"application/json","data":{"order":"order-42","total":"19.90","currency":"EUR","lines":[{"sku":"TEE-S","quantity":1},{"sku":"MUG","quantity":2}],"customer":{"name":"Jon Example","email":"jon@example.com"}}}]',
    },
  ],
  sign(request, token) {
    request.headers.authorization = `Bearer ${token}`;
  },
  accepts: (request, token) => request.method === 'POST' && same(request.headers.authorization, `Bearer ${token}`),
  covers: [], // Nothing is signed.
  forge: {
    'another-scheme': (request) => void (request.headers.authorization = `Basic ${secret}`),
    'wrong-access-token': (request) => {
      delete request.headers.authorization;
      request.url += `?access_token=${secret.toLowerCase()}`;
    },
  },
  skip: ['truncated-signature'], // Cuts the word Bearer as well as the token, as garbage-signature does.
  extra: [
    { case: 'handshake-options', expect: 'handshake', ...ask, expect_status: 200, expect_reply: '' },
    { case: 'handshake-options-access-token', expect: 'handshake', method: 'OPTIONS', url: `${url}?access_token=${secret}`, headers: { 'webhook-request-origin': 'events.example.com' }, expect_status: 200, expect_reply: '' },
    { case: 'handshake-options-without-token', expect: 'reject', method: 'OPTIONS', url, headers: { 'webhook-request-origin': 'events.example.com' } },
    { case: 'handshake-options-markup', expect: 'reject', ...ask, headers: { ...ask.headers, 'webhook-request-origin': '<script>alert(1)</script>' } },
    { case: 'options-without-origin', expect: 'reject', method: 'OPTIONS', url, headers: {} },
  ],
});
