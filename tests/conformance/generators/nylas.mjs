// packages: nylas@6.11.1
import { suite, hmac } from '../lib/cases.mjs';
import notification from 'nylas/lib/models/webhook-notification.js';

const { default: WebhookNotification } = notification;
const event = (name, type, id, object) => ({
  name, type, id,
  body: JSON.stringify({ specversion: '1.0', type, source: '/google/emails/realtime', id, time: 1767225600, webhook_delivery_attempt: 1, data: { application_id: 'b6a1f2c3-d4e5-4f60-8172-93a4b5c6d7e8', object } }),
});
const challenge = (text) => ({ method: 'GET', headers: {}, url: `https://hooks.example.com/in/nylas?challenge=${text}` });

await suite({
  provider: 'nylas',
  by: 'nylas@6.11.1 WebhookNotification.verifyWebhookSignature',
  config: { secrets: ['Zk3nQ8wLrT5vNcXy2mHbJd7GpSfA4eUi'] },
  bodies: [
    event('valid', 'message.created', 'mock-id-5f1c2e8a3b1d', { id: '18df3bc2a4e5f607', grant_id: '4d1c2b3a-0f9e-4d8c-b7a6-95847362514f', object: 'message', subject: 'Grüße' }),
    event('valid-grant', 'grant.expired', 'mock-id-6a2d3f9b4c2e', { code: 25009, grant_id: '4d1c2b3a-0f9e-4d8c-b7a6-95847362514f', provider: 'google' }),
  ],
  sign(request, secret) {
    request.headers['x-nylas-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => WebhookNotification.verifyWebhookSignature(request.headers['x-nylas-signature'], request.body, secret),
  extra: [
    { case: 'challenge', expect: 'handshake', ...challenge('bc609b38-c81f-47fb-a275-1d9bd61a968b'), expect_status: 200, expect_reply: 'bc609b38-c81f-47fb-a275-1d9bd61a968b' },
    { case: 'challenge-of-markup', expect: 'reject', ...challenge('%3Cscript%3E') },
    { case: 'challenge-empty', expect: 'reject', ...challenge('') },
  ],
});
