// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const ticket = JSON.stringify({
  type: 'zen:event-type:ticket.created', id: '2b24ef10-19ef-4740-93cf-3f98ec4776c0', time: '2026-01-01T00:00:00Z',
  subject: 'zen:ticket:12345', detail: { id: '12345', subject: 'Hélp, my printer is on fire', status: 'NEW' },
});
const stamp = 'x-zendesk-webhook-signature-timestamp';
const expected = (request, secret) => hmac('sha256', secret, Buffer.concat([Buffer.from(request.headers[stamp] ?? ''), request.body]), 'base64');

await suite({
  provider: 'zendesk',
  by: 'none: documented scheme, base64 of HMAC-SHA256 of time and body',
  config: { secrets: ['Xq4f9Wm2Zt7cKp1bVs8dRj3hNy6gLa5eUo0iTx=='] },
  bodies: [
    { name: 'valid', type: 'zen:event-type:ticket.created', id: '2b24ef10-19ef-4740-93cf-3f98ec4776c0', body: ticket },
    { name: 'valid-trigger', type: 'trigger', body: '{"id":"35436","title":"Printer","note":"no type, and the id is that of the ticket"}' },
  ],
  sign(request, secret, now) {
    request.headers[stamp] = new Date(now * 1000).toISOString().replace('.000', '');
    request.headers['x-zendesk-webhook-signature'] = expected(request, secret);
  },
  accepts: (request, secret, now) =>
    Math.abs(now - Date.parse(request.headers[stamp]) / 1000) <= 300 && same(request.headers['x-zendesk-webhook-signature'] ?? '', expected(request, secret)),
  signature: 'x-zendesk-webhook-signature',
  timestamped: { tolerance_s: 300 },
});
