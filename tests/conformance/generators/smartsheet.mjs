// packages:
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';

const digest = (text) => createHash('sha256').update(text).digest('hex');
const item = '{"objectType":"row","eventType":"updated","id":5464684641388420,"userId":9007194052434043,"timestamp":"2026-01-01T00:00:00.000+00:00"}';
const json = { 'content-type': 'application/json' };
const status = '{"nonce":"4b2ed20d-6f00-4b0c-8fac-082182aa9aad","timestamp":"2026-01-01T00:00:05.000+00:00","webhookId":4503604829677444,"scope":"sheet","scopeObjectId":1234567890123456,"newWebhookStatus":"DISABLED_APP_REVOKED"}';
const challenge = '1f1c1d2e-3b4a-4c5d-8e6f-708192a3b4c5';

await suite({
  provider: 'smartsheet',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['216ejjzdnq17mq1q8xs7d4hu8b'] },
  bodies: [
    { name: 'valid', type: 'row.updated', id: `4b2ed20d-6f00-4b0c-8fac-082182aa9aac:${digest(item)}`, body: '{"nonce":"4b2ed20d-6f00-4b0c-8fac-082182aa9aac","timestamp":"2026-01-01T00:00:00.000+00:00","webhookId":4503604829677444,"scope":"sheet","scopeObjectId":1234567890123456,"events":[{"objectType":"row","eventType":"updated","id":5464684641388420,"userId":9007194052434043,"timestamp":"2026-01-01T00:00:00.000+00:00"}]}' },
    { name: 'valid-status', type: 'webhook.disabled_app_revoked', id: `4b2ed20d-6f00-4b0c-8fac-082182aa9aad:${digest(status)}`, body: status },
  ],
  sign(request, secret) {
    request.headers['smartsheet-hmac-sha256'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['smartsheet-hmac-sha256'] ?? '', hmac('sha256', secret, request.body)),
  skip: ['valid-pretty-printed', 'valid-crlf'], // The id holds a digest of the item, which these change.
  extra: [
    { case: 'valid-two-events', expect: 'accept', sign: true, body: `{"nonce":"4b2ed20d-6f00-4b0c-8fac-082182aa9aae","timestamp":"2026-01-01T00:00:01.000+00:00","webhookId":4503604829677444,"scope":"sheet","scopeObjectId":1234567890123456,"events":[${item},{"objectType":"cell","eventType":"updated","rowId":5464684641388420,"columnId":7}]}` },
    { case: 'handshake', expect: 'handshake', headers: { ...json, 'smartsheet-hook-challenge': challenge }, body: `{"challenge":"${challenge}","webhookId":4503604829677444}`, expect_status: 200, expect_reply: `{"smartsheetHookResponse":"${challenge}"}` },
    { case: 'handshake-with-markup', expect: 'reject', headers: { ...json, 'smartsheet-hook-challenge': '<script>alert(1)</script>' }, body: '{"webhookId":4503604829677444}' },
    { case: 'handshake-without-challenge', expect: 'reject', headers: json, body: `{"challenge":"${challenge}","webhookId":4503604829677444}` },
  ],
});
