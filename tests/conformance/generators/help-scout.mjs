// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'help-scout',
  by: 'none: documented scheme, HMAC-SHA1 of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'convo.assigned',
      headers: { 'x-helpscout-event': 'convo.assigned' },
      body: '{"id":123456789,"number":42,"threads":2,"type":"email","folderId":3,"status":"active","state":"published","subject":"I need help!","preview":"Hello, I tried to","mailboxId":85,"assignee":{"id":256,"type":"user","first":"Mr","last":"Robot","email":"mr.robot@example.com"},"createdBy":{"id":12,"type":"customer","email":"bear@example.com"},"createdAt":"2025-12-31T23:00:00Z","userUpdatedAt":"2026-01-01T00:00:00Z","tags":[{"id":9150,"tag":"vip"}]}',
    },
    {
      name: 'valid-customer-created',
      type: 'customer.created',
      headers: { 'x-helpscout-event': 'customer.created' },
      body: '{"id":500,"firstName":"Vernon","lastName":"Bear","gender":"unknown","organization":"Acme, Inc","photoType":"default","createdAt":"2026-01-01T00:00:05Z","updatedAt":"2026-01-01T00:00:05Z","_embedded":{"emails":[{"id":98,"value":"bear@example.com","type":"work"}]}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-helpscout-signature'] = hmac('sha1', secret, request.body, 'base64')),
  accepts: (request, secret) => same(request.headers['x-helpscout-signature'], hmac('sha1', secret, request.body, 'base64')),
});
