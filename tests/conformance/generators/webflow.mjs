// packages: webflow-api@3.3.4
import { createHash } from 'node:crypto';
import { suite, hmac } from '../lib/cases.mjs';
import { WebflowClient } from 'webflow-api';

const { webhooks } = new WebflowClient({ accessToken: 'none' });
const bodies = [
  ['valid', 'form_submission', { name: 'Contact Us', siteId: '65427cf400e02b306eaa049c', data: { email: 'jane@example.com' }, submittedAt: '2026-01-01T00:00:00.000Z', id: '6321ca84df3949bfc6752327' }],
  ['valid-item', 'collection_item_created', { id: '652ec86ba61c5eafc04fb2a5', siteId: '65427cf400e02b306eaa049c', lastUpdated: '2026-01-01T00:00:00.000Z', fieldData: { name: 'Ästhetik' } }],
].map(([name, type, payload]) => {
  const body = JSON.stringify({ triggerType: type, payload });
  return { name, type, id: createHash('sha256').update(body).digest('hex'), body };
});

await suite({
  provider: 'webflow',
  by: 'webflow-api@3.3.4 webhooks.verifySignature',
  config: { secrets: ['5f3c7f6a1b2d4e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f'] },
  bodies,
  sign(request, secret, now) {
    request.headers['x-webflow-timestamp'] = String(now * 1000);
    request.headers['x-webflow-signature'] = hmac('sha256', secret, `${now * 1000}:${request.text}`);
  },
  // The package leaves the age to the caller, with the documents' 5 minutes.
  accepts: async ({ headers, text: body }, secret, now) =>
    Math.abs(now * 1000 - Number(headers['x-webflow-timestamp'])) <= 300_000 && webhooks.verifySignature({ headers, body, secret }),
  timestamped: { tolerance_s: 300 },
  oddBodies: false, // The id is a digest of the body, which these change.
});
