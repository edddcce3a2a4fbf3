// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'dwolla',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'transfer_completed',
      id: '80d8ff7d-7e5a-4975-ade8-9e97306d6c15',
      headers: { 'x-dwolla-topic': 'transfer_completed' },
      body: '{"_links":{"self":{"href":"https://api.dwolla.com/events/80d8ff7d-7e5a-4975-ade8-9e97306d6c15"},"account":{"href":"https://api.dwolla.com/accounts/ca32853c-48fa-40be-ae75-77b37504581b"},"resource":{"href":"https://api.dwolla.com/transfers/4c8ad8ae-5d76-e811-8110-ec3a2bd6d0e1"}},"id":"80d8ff7d-7e5a-4975-ade8-9e97306d6c15","resourceId":"4c8ad8ae-5d76-e811-8110-ec3a2bd6d0e1","topic":"transfer_completed","timestamp":"2026-01-01T00:00:00.417Z","created":"2026-01-01T00:00:00.417Z"}',
    },
    {
      name: 'valid-customer-created',
      type: 'customer_created',
      id: '80d8ff7d-7e5a-4975-ade8-9e97306d6c16',
      headers: { 'x-dwolla-topic': 'customer_created' },
      body: '{"_links":{"self":{"href":"https://api.dwolla.com/events/80d8ff7d-7e5a-4975-ade8-9e97306d6c16"},"account":{"href":"https://api.dwolla.com/accounts/ca32853c-48fa-40be-ae75-77b37504581b"},"resource":{"href":"https://api.dwolla.com/transfers/4c8ad8ae-5d76-e811-8110-ec3a2bd6d0e2"}},"id":"80d8ff7d-7e5a-4975-ade8-9e97306d6c16","resourceId":"4c8ad8ae-5d76-e811-8110-ec3a2bd6d0e2","topic":"customer_created","timestamp":"2026-01-01T00:00:00.417Z","created":"2026-01-01T00:00:00.417Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-request-signature-sha-256'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-request-signature-sha-256'], hmac('sha256', secret, request.body)),
});
