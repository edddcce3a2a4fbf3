// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { query: 'token' };
const secret = 'b7e1c94f0a2d4638b7e1c94f';
const url = 'https://hooks.example.com/in/snipcart';
const body = '{"eventName":"order.completed","mode":"Live","createdOn":"2026-01-01T00:00:00.874Z","content":{"token":"22808196-0eff-4a6e-b136-3e4d628b3cf5","invoiceNumber":"SNIP-1019","email":"ada@example.com","status":"Processed","paymentStatus":"Paid","currency":"cad","total":12,"itemsTotal":10,"creationDate":"2026-01-01T00:00:00.787Z","items":[{"id":"1","name":"T-shirt","quantity":1,"price":10}]}}';
const headers = { 'content-type': 'application/json' };

await suite({
  provider: 'snipcart',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url },
  headers,
  bodies: [
    { name: 'valid', type: 'order.completed', id: '22808196-0eff-4a6e-b136-3e4d628b3cf5:order.completed:2026-01-01T00:00:00.874Z', body },
    { name: 'valid-status-changed', type: 'order.status.changed', id: '22808196-0eff-4a6e-b136-3e4d628b3cf5:order.status.changed:2026-01-01T00:00:05.874Z', body: '{"eventName":"order.status.changed","mode":"Live","createdOn":"2026-01-01T00:00:05.874Z","from":"Processed","to":"Shipped","content":{"token":"22808196-0eff-4a6e-b136-3e4d628b3cf5","status":"Shipped"}}' },
  ],
  sign(request, key) {
    put(request, at, key);
  },
  accepts: (request, key) => same(read(request, at) ?? '', key),
  signature: at,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'token-twice', expect: 'reject', url: `${url}?token=x&token=${secret}`, headers, body },
    { case: 'token-in-a-header', expect: 'reject', headers: { ...headers, token: secret }, body },
    { case: 'request-token-alone', expect: 'reject', headers: { ...headers, 'x-snipcart-requesttoken': '4f8a1c6d-2b9e-4035-a7c1-e8d3f6b2094c' }, body },
  ],
});
