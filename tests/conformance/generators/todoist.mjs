// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name) => JSON.stringify({
  event_name: name, user_id: '2671355', event_data: { id: '6XR4GqQQCW6Gv9h4', content: 'Buy Mïlk', project_id: '6XR4H993xv8H5qCR' },
  initiator: { id: '2671355', full_name: 'Alice' }, triggered_at: '2026-01-01T00:00:00.000000Z', version: '10',
});
const head = (id) => ({ 'user-agent': 'Todoist-Webhooks', 'x-todoist-delivery-id': id });
const expected = (request, secret) => hmac('sha256', secret, request.body, 'base64');

await suite({
  provider: 'todoist',
  by: 'none: documented scheme, base64 of HMAC-SHA256 of the body',
  config: { secrets: ['4f8a1c6d2b9e4035a7c1e8d3f6b2094c'] },
  bodies: [
    { name: 'valid', type: 'item:added', id: '0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f40', headers: head('0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f40'), body: event('item:added') },
    { name: 'valid-completed', type: 'item:completed', id: '0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f41', headers: head('0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f41'), body: event('item:completed') },
  ],
  sign(request, secret) {
    request.headers['x-todoist-hmac-sha256'] = expected(request, secret);
  },
  accepts: (request, secret) => same(request.headers['x-todoist-hmac-sha256'] ?? '', expected(request, secret)),
});
