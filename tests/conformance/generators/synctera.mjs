// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = '4f8a1c6d2b9e4035a7c1e8d3f6b2094c4f8a1c6d2b9e4035a7c1e8d3f6b2094c';
const body = '{"id":"7d943c51-e4ff-4e57-9558-08cab6b963c7","type":"ACCOUNT.UPDATED","event_resource":"{\\"id\\":\\"8a4f1c6d-2b9e-4035-a7c1-e8d3f6b2094c\\",\\"status\\":\\"ACTIVE_OR_DISBURSED\\",\\"account_type\\":\\"CHECKING\\",\\"currency\\":\\"USD\\"}","event_resource_changed_fields":"{\\"status\\":\\"ACCOUNT_NEVER_ACTIVE\\"}","event_time":"2026-01-01T00:00:00.000Z","url":"https://hooks.example.com/in/synctera","webhook_id":"a5b6c7d8-e9f0-4a1b-8c2d-3e4f5a6b7c8d","metadata":""}';
const signed = (key, time, text) => hmac('sha256', key, `${time}.${text}`);
const both = { 'content-type': 'application/json', 'request-timestamp': '1767225600', 'synctera-signature': `${signed('another', 1767225600, body)}.${signed(secret, 1767225600, body)}` };

await suite({
  provider: 'synctera',
  by: 'none: documented scheme, HMAC-SHA256 of time and body in hex',
  config: { secrets: [secret] },
  longBody: 1500,
  bodies: [
    { name: 'valid', type: 'ACCOUNT.UPDATED', id: '7d943c51-e4ff-4e57-9558-08cab6b963c7', body },
    { name: 'valid-transaction', type: 'TRANSACTION.POSTED.CREATED', id: '7d943c51-e4ff-4e57-9558-08cab6b963c8', body: '{"id":"7d943c51-e4ff-4e57-9558-08cab6b963c8","type":"TRANSACTION.POSTED.CREATED","event_resource":"{\\"uuid\\":\\"9b501d7e-3c0f-4146-b8d2-f9e407c3105d\\"}","event_time":"2026-01-01T00:00:05.000Z","webhook_id":"a5b6c7d8-e9f0-4a1b-8c2d-3e4f5a6b7c8d"}' },
  ],
  sign(request, key, now) {
    request.headers['request-timestamp'] = String(now);
    request.headers['synctera-signature'] = signed(key, now, request.text);
  },
  accepts(request, key, now) {
    const { 'request-timestamp': time, 'synctera-signature': made = '' } = request.headers;
    return Math.abs(now - time) <= 300 && made.split('.').some((one) => same(one, signed(key, time, request.text)));
  },
  timestamped: { tolerance_s: 300 },
  extra: [
    { case: 'valid-rolling-secret', expect: 'accept', type: 'ACCOUNT.UPDATED', headers: both, body },
    { case: 'rolling-secret-both-foreign', expect: 'reject', headers: { ...both, 'synctera-signature': `${signed('another', 1767225600, body)}.${signed('third', 1767225600, body)}` }, body },
  ],
});
