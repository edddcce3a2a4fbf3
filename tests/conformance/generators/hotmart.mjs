// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'hotmart',
  by: 'none: documented scheme, a token',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'PURCHASE_APPROVED',
      id: '1234567e-89b1-42d3-a456-556642440000',
      body: '{"id":"1234567e-89b1-42d3-a456-556642440000","creation_date":1767225600000,"event":"PURCHASE_APPROVED","version":"2.0.0","data":{"product":{"id":12345,"name":"Course"},"buyer":{"email":"jon@example.com","name":"Jon"},"purchase":{"transaction":"HP1121336654889","status":"APPROVED","price":{"value":150.6,"currency_value":"BRL"}}}}',
    },
  ],
  sign(request, secret) {
    put(request, 'x-hotmart-hottok', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'x-hotmart-hottok') ?? '', secret);
  },
  signature: 'x-hotmart-hottok',
  covers: [],
  oddBodies: false,
});
