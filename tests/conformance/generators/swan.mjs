// packages:
import { suite, same } from '../lib/cases.mjs';

const secret = 'b7e1c94f0a2d4638b7e1c94f';
const body = '{"eventType":"Transaction.Booked","eventId":"1d9e9b3a-5c5f-4a7e-8f3e-8f1c2b7a6d50","eventDate":"2026-01-01T00:00:00.000Z","projectId":"0e0cdf4a-6c7e-4a4e-9b0e-5b7d6a8f9c10","resourceId":"bosci_b3e7f0a1c2d34e5f6a7b8c9d0e1f2a3b"}';

await suite({
  provider: 'swan',
  by: 'none: documented scheme, the secret in a header',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'Transaction.Booked', id: '1d9e9b3a-5c5f-4a7e-8f3e-8f1c2b7a6d50', body },
    { name: 'valid-account', type: 'Account.Updated', id: '1d9e9b3a-5c5f-4a7e-8f3e-8f1c2b7a6d51', body: '{"eventType":"Account.Updated","eventId":"1d9e9b3a-5c5f-4a7e-8f3e-8f1c2b7a6d51","eventDate":"2026-01-01T00:00:05.000Z","projectId":"0e0cdf4a-6c7e-4a4e-9b0e-5b7d6a8f9c10","resourceId":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10"}' },
  ],
  sign(request, key) {
    request.headers['x-swan-secret'] = key;
  },
  accepts: (request, key) => same(request.headers['x-swan-secret'] ?? '', key),
  covers: [],
  signature: 'x-swan-secret',
  forge: {
    'secret-and-more': (request) => void (request.headers['x-swan-secret'] += 'x'),
  },
  extra: [
    { case: 'secret-in-the-query', expect: 'reject', url: `https://hooks.example.com/in/swan?x-swan-secret=${secret}`, body },
  ],
});
