// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const subscriber = { id: '106089874987976523', email: 'jane@example.com', status: 'active', created_at: '2026-01-01T00:00:00.000000Z', fields: { name: 'Zoë' } };
const one = (event, more) => ({ ...more, event, account_id: 123456 });

await suite({
  provider: 'mailerlite',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['Yz3kQ8vN5tRw'] },
  bodies: [
    { name: 'valid', type: 'subscriber.created', body: JSON.stringify(one('subscriber.created', subscriber)) },
    { name: 'valid-nested', type: 'subscriber.added_to_group', body: JSON.stringify(one('subscriber.added_to_group', { subscriber, group: { id: '1', name: 'News' } })) },
    { name: 'valid-batch', type: 'campaign.open', body: JSON.stringify({ events: [one('campaign.open', { subscriber }), one('campaign.click', { subscriber })], total: 2 }) },
    { name: 'valid-classic', type: 'subscriber.create', body: JSON.stringify({ events: [{ account_id: 334443, data: { subscriber: { id: 2300951083, type: 'active' } }, timestamp: 1495551003, type: 'subscriber.create', webhook_id: 2 }] }) },
  ],
  sign(request, secret) {
    request.headers.signature = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers.signature, hmac('sha256', secret, request.body)),
});
