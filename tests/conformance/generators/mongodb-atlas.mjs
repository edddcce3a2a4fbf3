// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'atlas-webhook-3f9c1a7e5b2d4860';
const alert = (status) => JSON.stringify({ id: '5f2c1d3e4b5a69788796a5b4', groupId: '5f2c1d3e4b5a69788796a5b5', eventTypeName: 'OUTSIDE_METRIC_THRESHOLD', status, created: '2026-01-01T00:00:00Z', updated: '2026-01-01T00:00:00Z', clusterName: 'Größe', humanReadable: 'Connections is above 800' });
const open = alert('OPEN');

await suite({
  provider: 'mongodb-atlas',
  by: 'none: documented scheme, HMAC-SHA1 of the body; seen in base64, documented as hex',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'alert.open', headers: { 'x-mms-event': 'alert.open' }, body: open },
    { name: 'valid-close', type: 'alert.close', headers: { 'x-mms-event': 'alert.close' }, body: alert('CLOSED') },
  ],
  sign(request, key) {
    request.headers['x-mms-signature'] = hmac('sha1', key, request.body, 'base64');
  },
  accepts: (request, key) => ['base64', 'hex'].some((encoding) => same(request.headers['x-mms-signature'], hmac('sha1', key, request.body, encoding))),
  extra: [
    { case: 'valid-hex', expect: 'accept', type: 'alert.open', body: open, headers: { 'content-type': 'application/json', 'x-mms-event': 'alert.open', 'x-mms-signature': hmac('sha1', secret, open) } },
  ],
});
