// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { json: '/token' };
const event = (module, operation) => JSON.stringify({ server_time: 1767225600123, query_params: {}, module, ids: ['4150868000002453001'], affected_values: [{ values: { Stage: 'Gewönnen' } }], operation, channel_id: '1000000068001', token: '' });

await suite({
  provider: 'zoho-crm',
  by: 'none: documented scheme, the token in the body',
  config: { secrets: ['deals.all.3f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'Deals.update', body: event('Deals', 'update') },
    { name: 'valid-insert', type: 'Leads.insert', body: event('Leads', 'insert') },
  ],
  sign(request, secret) {
    put(request, at, secret);
  },
  accepts: (request, secret) => same(read(request, at) ?? '', secret),
  signature: at,
  covers: [],
  longBody: 1000,
});
