// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const header = 'x-gitea-signature';
const form = { 'content-type': 'application/x-www-form-urlencoded', 'x-gitea-delivery': '5c1b2a3d-aaaa-4bbb-8ccc-0f8f7d7d2b1e', 'x-gitea-event': 'push', 'x-gitea-event-type': 'push' };
const payload = '{"ref":"refs/heads/main","message":"Zoë & co: 1+1=2","repository":{"id":140,"full_name":"gitea/webhooks"}}';
const encoded = new URLSearchParams({ payload }).toString();
// In a form, what the field payload says is signed.
const content = (request) => (request.headers['content-type'].includes('form') ? new URLSearchParams(request.text).get('payload') : request.body);
const signed = (text) => hmac('sha256', '5f1c2e8a3b1d4b0e9b550d6a2c9a7e10', text);

await suite({
  provider: 'gitea',
  by: 'none: documented scheme, as in services/webhook/deliver.go of Gitea',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'push',
      id: 'f6266f16-1bf3-46a5-9ea4-602e06ead473',
      headers: { 'x-gitea-delivery': 'f6266f16-1bf3-46a5-9ea4-602e06ead473', 'x-gitea-event': 'push', 'x-gitea-event-type': 'push' },
      body: '{"ref":"refs/heads/develop","before":"28e1879d029cb852e4844d9c718537df08844e03","after":"bffeb74224043ba2feb48d137756c8a9331c449a","compare_url":"https://git.example.com/gitea/webhooks/compare/28e1879d029c...bffeb7422404","commits":[{"id":"bffeb74224043ba2feb48d137756c8a9331c449a","message":"Webhooks Yay!","timestamp":"2026-01-01T00:00:00+00:00"}],"repository":{"id":140,"name":"webhooks","full_name":"gitea/webhooks","private":false,"default_branch":"main"},"pusher":{"id":1,"login":"gitea"},"sender":{"id":1,"login":"gitea"}}',
    },
    {
      name: 'valid-issues',
      type: 'issues',
      id: '0b7e4a6c-9a3d-4d57-8ac9-0f8f7d7d2b1e',
      headers: { 'x-gitea-delivery': '0b7e4a6c-9a3d-4d57-8ac9-0f8f7d7d2b1e', 'x-gitea-event': 'issues', 'x-gitea-event-type': 'issues' },
      body: '{"action":"opened","number":7,"issue":{"id":93,"number":7,"title":"It fails","state":"open","user":{"id":1,"login":"gitea"},"created_at":"2026-01-01T00:00:00Z"},"repository":{"id":140,"name":"webhooks","full_name":"gitea/webhooks","private":false},"sender":{"id":1,"login":"gitea"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers[header] = hmac('sha256', secret, content(request))),
  accepts: (request, secret) => same(request.headers[header], hmac('sha256', secret, content(request))),
  signature: header,
  extra: [
    { case: 'valid-form', expect: 'accept', type: 'push', id: form['x-gitea-delivery'], headers: form, body: encoded, sign: true },
    { case: 'form-body-signed', expect: 'reject', headers: { ...form, [header]: signed(encoded) }, body: encoded },
    { case: 'form-another-payload', expect: 'reject', headers: { ...form, [header]: signed(payload) }, body: encoded.replace('main', 'evil') },
    { case: 'form-no-payload', expect: 'reject', headers: { ...form, [header]: signed('') }, body: 'payload2=x' },
  ],
});
