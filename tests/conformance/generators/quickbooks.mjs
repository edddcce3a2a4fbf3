// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const one = (id, type, intuitentityid) => ({
  specversion: '1.0', id, source: 'intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=', type, datacontenttype: 'application/json',
  time: '2026-01-01T00:00:00.179550607Z', intuitentityid, intuitaccountid: '310687', data: {},
});
const expected = (request, secret) => hmac('sha256', secret, request.body, 'base64');
const older = '{"eventNotifications":[{"realmId":"1185883450","dataChangeEvent":{"entities":[{"name":"Customer","id":"1","operation":"Create","lastUpdated":"2026-01-01T00:00:00.000Z"}]}}]}';

await suite({
  provider: 'quickbooks',
  by: 'none: documented scheme, base64 of HMAC-SHA256 of the body under the verifier token',
  config: { secrets: ['4f8a1c6d-2b9e-4035-a7c1-e8d3f6b2094c'] },
  bodies: [
    { name: 'valid', type: 'qbo.customer.created.v1', id: '88cd52aa-33b6-4351-9aa4-47572edbd068', body: JSON.stringify([one('88cd52aa-33b6-4351-9aa4-47572edbd068', 'qbo.customer.created.v1', '1234')]) },
    { name: 'valid-two-events', type: 'qbo.invoice.updated.v1', id: '88cd52aa-33b6-4351-9aa4-47572edbd069', body: JSON.stringify([one('88cd52aa-33b6-4351-9aa4-47572edbd069', 'qbo.invoice.updated.v1', '17'), one('88cd52aa-33b6-4351-9aa4-47572edbd06a', 'qbo.customer.created.v1', '1235')]) },
    { name: 'valid-older-format', type: 'dataChangeEvent', body: older },
  ],
  sign(request, secret) {
    request.headers['intuit-signature'] = expected(request, secret);
  },
  accepts: (request, secret) => same(request.headers['intuit-signature'] ?? '', expected(request, secret)),
  extra: [
    {
      case: 'valid-older-format-split', expect: 'accept', sign: true, type: 'Customer.Create', body: older,
      config: {
        secrets: ['4f8a1c6d-2b9e-4035-a7c1-e8d3f6b2094c'],
        override: { event: { batch: ['/eventNotifications', '/dataChangeEvent/entities'], type: '{item:/name}.{item:/operation}', time: { from: '{item:/lastUpdated}' }, subject: '{item:/id}' } },
      },
    },
  ],
});
