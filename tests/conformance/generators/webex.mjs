// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const hook = (resource, event, data) => JSON.stringify({ id: 'Y2lzY29zcGFyazovL3VzL1dFQkhPT0s', name: 'Prøject Unicorn', resource, event, orgId: 'OTZhYmMyYWE', status: 'active', data });
const data = { id: 'Y2lzY29zcGFyazovL3VzL01FU1NBR0U', roomId: 'Y2lzY29zcGFyazovL3VzL1JPT00', personEmail: 'matt@example.com', created: '2026-01-01T00:00:00.000Z' };

await suite({
  provider: 'webex',
  by: 'none: documented scheme, hex of HMAC-SHA1 of the body',
  config: { secrets: ['somesupersecretphrase'] },
  bodies: [
    { name: 'valid', type: 'messages.created', body: hook('messages', 'created', data) },
    { name: 'valid-membership', type: 'memberships.deleted', body: hook('memberships', 'deleted', data) },
  ],
  sign(request, secret) {
    request.headers['x-spark-signature'] = hmac('sha1', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-spark-signature'] ?? '', hmac('sha1', secret, request.body)),
});
