// packages: box-node-sdk@10.12.0
import { suite, hmac } from '../lib/cases.mjs';
import { WebhooksManager } from 'box-node-sdk/managers/webhooks';

const primary = 'SamplePrimaryKey6PzFaEq7';
const secondary = 'SampleSecondaryKeyV2kM1x';
const event = (id, trigger) => JSON.stringify({
  type: 'webhook_event',
  id,
  created_at: '2026-01-01T00:00:00-08:00',
  trigger,
  webhook: { id: '53', type: 'webhook' },
  created_by: { id: '226067247', type: 'user', name: 'John Q. Developer' },
  source: { id: '73835521473', type: 'file', name: 'Test-Image-1.png', size: 26458 },
  additional_info: [],
});
const at = (now) => new Date(now * 1000).toISOString().replace('.000Z', '+00:00');
const mac = (key, body, time) => hmac('sha256', key, Buffer.concat([Buffer.from(body), Buffer.from(time)]), 'base64');
const headers = (body, time, change = {}) => ({
  'content-type': 'application/json', 'box-signature-version': '1', 'box-signature-algorithm': 'HmacSHA256', 'box-delivery-timestamp': time,
  'box-signature-primary': mac('AnotherKeyAltogether1234', body, time), 'box-signature-secondary': mac(secondary, body, time), ...change,
});
const body = event('eb0c4e06-751f-442c-86f8-fd5bb404dbec', 'FILE.UPLOADED');

await suite({
  provider: 'box',
  by: 'box-node-sdk@10.12.0 WebhooksManager.validateMessage',
  config: { secrets: [primary, secondary] },
  bodies: [
    { name: 'valid', type: 'FILE.UPLOADED', id: 'eb0c4e06-751f-442c-86f8-fd5bb404dbec', body },
    { name: 'valid-trashed', type: 'FILE.TRASHED', id: 'eb0c4e06-751f-442c-86f8-fd5bb404dbed', body: event('eb0c4e06-751f-442c-86f8-fd5bb404dbed', 'FILE.TRASHED') },
  ],
  sign(request, secret, now) {
    const time = at(now);
    Object.assign(request.headers, {
      'box-signature-version': '1', 'box-signature-algorithm': 'HmacSHA256', 'box-delivery-timestamp': time,
      'box-signature-primary': mac(secret, request.body, time),
    });
  },
  signature: 'box-signature-primary',
  accepts: (request, secret) => WebhooksManager.validateMessage(request.text, request.headers, secret, { secondaryKey: secret }),
  timestamped: { tolerance_s: 600 },
  longBody: 1200,
  extra: [
    { case: 'valid-secondary-key', expect: 'accept', type: 'FILE.UPLOADED', id: 'eb0c4e06-751f-442c-86f8-fd5bb404dbec', body, headers: headers(body, at(1767225600)) },
    { case: 'another-version', expect: 'reject', body, headers: headers(body, at(1767225600), { 'box-signature-version': '2' }) },
    { case: 'another-algorithm', expect: 'reject', body, headers: headers(body, at(1767225600), { 'box-signature-algorithm': 'HmacSHA1' }) },
  ],
});
