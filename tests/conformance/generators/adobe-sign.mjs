// packages:
import { suite, same } from '../lib/cases.mjs';

await suite({
  provider: 'adobe-sign',
  by: 'none: documented scheme, the client id as a token',
  config: { secrets: ['CBJCHBCAABAAa1b2c3d4e5f6'] },
  bodies: [
    {
      name: 'valid',
      type: 'AGREEMENT_ACTION_COMPLETED',
      id: 'b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c',
      body: '{"webhookId":"de3a8d7c-1a2b-4c3d-8e4f-5a6b7c8d9e0f","webhookName":"Agreements","webhookNotificationId":"b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c","webhookUrlInfo":{"url":"https://hooks.example.com/in/adobe-sign"},"webhookScope":"ACCOUNT","event":"AGREEMENT_ACTION_COMPLETED","subEvent":"ESIGNED","eventDate":"2026-01-01T00:00:00Z","eventResourceType":"agreement","actingUserEmail":"jane@example.com","agreement":{"id":"CBJCHBCAABAAc2d9","name":"NDA","status":"SIGNED"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-adobesign-clientid'] = secret;
  },
  accepts(request, secret) {
    return same(request.headers['x-adobesign-clientid'] ?? '', secret);
  },
  signature: 'x-adobesign-clientid',
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'verification', expect: 'handshake', method: 'GET', headers: { 'x-adobesign-clientid': 'CBJCHBCAABAAa1b2c3d4e5f6' }, expect_status: 200, expect_reply: '{"xAdobeSignClientId":"CBJCHBCAABAAa1b2c3d4e5f6"}' },
    { case: 'verification-of-another', expect: 'reject', method: 'GET', headers: { 'x-adobesign-clientid': 'CBJCHBCAABAAa1b2c3d4e5f7' } },
  ],
});
