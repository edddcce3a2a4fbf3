// packages: opennode@1.5.0
import { suite, hmac, read, put } from '../lib/cases.mjs';
import { createRequire } from 'node:module';

const { OpenNodeClient } = createRequire(import.meta.url)('opennode');

await suite({
  provider: 'opennode',
  by: 'opennode@1.5.0 OpenNodeClient.verifySignature',
  config: { secrets: ['b9f8e7d6-5c4b-4a39-8271-605f4e3d2c1b'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge.paid',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'id=47bb6faa-5cf4-4a1e-9a24-8b7f4c8f0d2a&callback_url=https%3A%2F%2Fhooks.example.com%2Fin%2Fopennode&success_url=https%3A%2F%2Fexample.com%2Forder%2F42&status=paid&order_id=42&description=N%2FA&price=100000&fee=1000&auto_settle=0&hashed_order=',
    },
  ],
  sign(request, secret) {
    put(request, { form: 'hashed_order' }, hmac('sha256', secret, read(request, { form: 'id' })));
  },
  accepts(request, secret) {
    return new OpenNodeClient(secret).verifySignature(Object.fromEntries(new URLSearchParams(request.text)));
  },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  signature: { form: 'hashed_order' },
  covers: [],
  oddBodies: 'form',
  longBody: 800,
  forge: {
    'another-id': (request) => put(request, { form: 'id' }, '47bb6faa-5cf4-4a1e-9a24-8b7f4c8f0d2b'),
  },
});
