// packages: @team-plain/typescript-sdk@5.12.1
import { suite, hmac } from '../lib/cases.mjs';
import { verifyPlainWebhook } from '@team-plain/typescript-sdk';

const iso = (now) => new Date(now * 1000).toISOString();
const at = '2026-01-01T00:00:00.000Z';
const by = { actorType: 'user', userId: 'u_01HWBK0NJSQ1B3PVXVJD3DYWBT' };
const customer = {
  id: 'c_01HWBK0NJSQ1B3PVXVJD3DYWBW', email: { email: 'jane@example.com', isVerified: true, verifiedAt: null }, externalId: 'user-42', fullName: 'Zoë Doe', shortName: 'Zoë',
  customerGroupMemberships: [], createdAt: at, createdBy: by, updatedAt: at, updatedBy: by,
};
const event = (name, type, id, more) => ({
  name, type, id, headers: { 'plain-event-type': type },
  body: (now) => JSON.stringify({
    timestamp: at, workspaceId: 'w_01HWBK0NJSQ1B3PVXVJD3DYWBV', payload: { eventType: type, ...more }, id, type,
    webhookMetadata: {
      webhookTargetId: 'whTarget_01HWBK0NJSQ1B3PVXVJD3DYWBY', webhookTargetVersion: '2026-02-27', webhookDeliveryAttemptId: 'whAttempt_01HWBK0NJSQ1B3PVXVJD3DYWBZ',
      webhookDeliveryAttemptNumber: 1, webhookDeliveryAttemptTimestamp: iso(now),
    },
  }),
});

await suite({
  provider: 'plain',
  by: '@team-plain/typescript-sdk@5.12.1 verifyPlainWebhook',
  config: { secrets: ['q7Wm2xK9vT4bN8sLzR5cYd3F'] },
  bodies: [
    event('valid', 'customer.customer_deleted', 'pEv_01HWBK0NJSQ1B3PVXVJD3DYWBX', { previousCustomer: customer }),
    event('valid-created', 'customer.customer_created', 'pEv_01HWBK0NJSQ1B3PVXVJD3DYWBC', { customer }),
  ],
  longBody: 300,
  skip: ['valid-crlf', 'valid-pretty-printed', 'valid-html'], // The payloads are long.
  sign(request, secret) {
    request.headers['plain-request-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    const { data, error } = verifyPlainWebhook(request.text, request.headers['plain-request-signature'] ?? '', secret);
    if (error) throw error;
    return data !== undefined;
  },
  timestamped: { tolerance_s: 300 },
});
