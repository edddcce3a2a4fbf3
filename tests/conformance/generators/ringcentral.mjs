// packages:
import { suite, same } from '../lib/cases.mjs';

await suite({
  provider: 'ringcentral',
  by: 'none: documented scheme, the verification token',
  config: { secrets: ['q7Wm2xK9vT4bN8sLzR5c'] },
  bodies: [
    { name: 'valid', type: '/restapi/v1.0/account/~/extension/62264425008/message-store', id: '6013463482410262371', body: JSON.stringify({ uuid: '6013463482410262371', event: '/restapi/v1.0/account/~/extension/62264425008/message-store', timestamp: '2026-01-01T00:00:00.236Z', subscriptionId: '3bcd2b5b-9c85-4a1c-8ee5-ef7b8c2f2a3b', ownerId: '62264425008', body: { accountId: 809646016, extensionId: 62264425008 } }) },
    { name: 'valid-with-query', type: '/restapi/v1.0/account/~/extension/62264425008/presence', id: '6013463482410262372', body: JSON.stringify({ uuid: '6013463482410262372', event: '/restapi/v1.0/account/~/extension/62264425008/presence?detailedTelephonyState=true', timestamp: '2026-01-01T00:00:00.236Z', subscriptionId: '3bcd2b5b-9c85-4a1c-8ee5-ef7b8c2f2a3b', ownerId: '62264425008', body: { accountId: 809646016, extensionId: 62264425008 } }) },
  ],
  sign(request, secret) {
    request.headers['verification-token'] = secret;
  },
  accepts: (request, secret) => same(request.headers['verification-token'] ?? '', secret),
  signature: 'verification-token',
  covers: [], // Nothing but the token is looked at.
  oddBodies: false,
  extra: [
    { case: 'validation-token', expect: 'handshake', headers: { 'validation-token': '9f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10' }, body: '', expect_status: 200, expect_reply: '' },
    { case: 'validation-token-of-markup', expect: 'reject', headers: { 'validation-token': '<script>' }, body: '' },
  ],
});
