// packages:
import { suite, same, read, put } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

const token = (secret) => createHash('sha256').update(secret).digest('hex');

await suite({
  provider: 'payhip',
  by: 'none: documented scheme, a token',
  config: { secrets: ['9f2ab1c7d5e84f60a3b2c1d0e9f8a7b6'] },
  bodies: [
    {
      name: 'valid',
      type: 'paid',
      body: '{"id":"85DnEaQ3rp","email":"jon@example.com","currency":"USD","price":700,"vat_applied":false,"items":[{"product_id":"3335060","product_name":"Guide","product_key":"zZf7","quantity":"1"}],"payment_type":"card","date":1767225600,"type":"paid","signature":""}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/signature' }, token(secret));
  },
  accepts(request, secret) {
    return same(read(request, { json: '/signature' }) ?? '', token(secret));
  },
  signature: { json: '/signature' },
  covers: [],
  oddBodies: false,
});
