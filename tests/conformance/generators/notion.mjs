// packages: @notionhq/client@5.26.0
import { suite } from '../lib/cases.mjs';
import { signWebhookPayload, verifyWebhookSignature } from '@notionhq/client';

const json = { 'content-type': 'application/json' };
const token = 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl';
const event = (name, type, id, more) => ({
  name, type, id,
  body: JSON.stringify({
    id, timestamp: '2026-01-01T00:00:00.000Z', workspace_id: '13950b26-c203-4f3b-b97d-93ec06319565', subscription_id: '29d75c0d-5546-4414-8459-7b7a92f1fc4b',
    authors: [{ id: 'c7c11cca-1d73-471d-9b6e-bdef51470190', type: 'person' }], attempt_number: 1, type, ...more,
  }),
});

await suite({
  provider: 'notion',
  by: '@notionhq/client@5.26.0 signWebhookPayload, verifyWebhookSignature',
  config: { secrets: [token] },
  bodies: [
    event('valid', 'page.created', '367cba44-b6f3-4c92-81e7-6a2e9659efd4', { entity: { id: '153104cd-477e-809d-8dc4-ff2d96ae3090', type: 'page' } }),
    event('valid-comment', 'comment.created', 'c6780f24-10b7-4f42-a6fd-230b6cf7ad05', { entity: { id: '153104cd-477e-80ec-a87d-f7ff0236d35c', type: 'comment' } }),
    // An event that happens to hold such a member is an event.
    event('valid-with-token', 'page.created', '367cba44-b6f3-4c92-81e7-6a2e9659efd5', { verification_token: 'secret_x' }),
  ],
  async sign(request, verificationToken) {
    request.headers['x-notion-signature'] = await signWebhookPayload({ body: request.body, verificationToken });
  },
  accepts: (request, verificationToken) => verifyWebhookSignature({ body: request.body, signature: request.headers['x-notion-signature'], verificationToken }),
  extra: [
    { case: 'verification-token', expect: 'handshake', headers: json, body: JSON.stringify({ verification_token: token }), expect_status: 200, expect_reply: '' },
    { case: 'verification-token-of-an-event', expect: 'reject', headers: json, body: JSON.stringify({ verification_token: token, type: 'page.created', id: '1' }) },
    { case: 'verification-token-empty', expect: 'reject', headers: json, body: JSON.stringify({ verification_token: '' }) },
    { case: 'verification-token-of-markup', expect: 'reject', headers: json, body: JSON.stringify({ verification_token: '<script>' }) },
  ],
});
