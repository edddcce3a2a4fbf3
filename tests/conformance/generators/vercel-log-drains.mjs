// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const log = (id, source) => ({ id, message: 'Ädding customer', timestamp: 1767225600000, source, projectId: 'gdufoJxB6b9b1fEqr1jUtFkyavUU', deploymentId: 'dpl_233NRGRj', level: 'info' });
const config = { secrets: ['Zt7XqLr3ZHxbfgzKeAMOuqwU9y1i5n'], verify: '0f5a3b1c9d8e7f60' };
const ndjson = `${JSON.stringify(log('3', 'edge'))}\n${JSON.stringify(log('4', 'edge'))}\n`;
const url = 'https://hooks.example.com/in/vercel-log-drains';

await suite({
  provider: 'vercel-log-drains',
  by: 'none: documented scheme, hex of HMAC-SHA1 of the body',
  config,
  bodies: [
    { name: 'valid', type: 'log.lambda', id: '1573817187330377061717300000', body: JSON.stringify([log('1573817187330377061717300000', 'lambda')]) },
    { name: 'valid-batch', type: 'log.build', id: '1573817187330377061717300001', body: JSON.stringify([log('1573817187330377061717300001', 'build'), log('1573817187330377061717300002', 'static')]) },
    { name: 'valid-empty', body: '[]' },
  ],
  sign(request, secret) {
    request.headers['x-vercel-signature'] = hmac('sha1', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-vercel-signature'] ?? '', hmac('sha1', secret, request.body)),
  extra: [
    { case: 'handshake', expect: 'handshake', method: 'GET', url, headers: {}, expect_status: 200, expect_reply: '' },
    {
      case: 'valid-ndjson', expect: 'accept', type: 'log.edge', id: '3', config: { ...config, override: { event: { batch: [], batch_of: { format: 'ndjson' } } } },
      headers: { 'content-type': 'application/x-ndjson', 'x-vercel-signature': hmac('sha1', config.secrets[0], ndjson) }, body: ndjson,
    },
    { case: 'unsigned-logs', expect: 'reject', url, body: '[]' },
  ],
});
