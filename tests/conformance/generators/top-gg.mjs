// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'top-gg',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'upvote',
      body: '{"bot":"264811613708746752","user":"140862798832861184","type":"upvote","isWeekend":false,"query":"?a=1"}',
    },
    { name: 'valid-test', type: 'test', body: '{"bot":"264811613708746752","user":"140862798832861184","type":"test","isWeekend":false}' },
  ],
  sign(request, secret) {
    put(request, 'authorization', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'authorization') ?? '', secret);
  },
  signature: 'authorization',
  covers: [],
  oddBodies: false,
});
