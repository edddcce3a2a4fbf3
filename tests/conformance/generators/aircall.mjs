// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'aircall',
  by: 'none: documented scheme, a token',
  config: { secrets: ['45XXYYZZa08'] },
  bodies: [
    {
      name: 'valid',
      type: 'call.created',
      body: '{"resource":"call","event":"call.created","timestamp":1767225600,"token":"","data":{"id":812,"direct_link":"https://api.aircall.io/v1/calls/812","direction":"inbound","status":"initial","started_at":1767225600,"raw_digits":"+33 6 00 00 00 00","number":{"id":1234,"name":"Paris","digits":"+33 1 00 00 00 00"}}}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/token' }, secret);
  },
  accepts(request, secret) {
    return same(read(request, { json: '/token' }) ?? '', secret);
  },
  signature: { json: '/token' },
  covers: [],
  oddBodies: false,
});
