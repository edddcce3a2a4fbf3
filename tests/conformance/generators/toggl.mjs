// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'PGuRrhCFajIyEvFlreKL';
const event = (id, action) => JSON.stringify({
  event_id: id, created_at: '2026-01-01T00:00:00.207820267Z', creator_id: 6, metadata: { action, event_user_id: '6', model: 'time_entry', request_type: 'POST' },
  payload: { id: 2635301, workspace_id: 7, description: 'Wrïting' }, subscription_id: 6, timestamp: '2026-01-01T00:00:00.307820267Z',
});
const ping = JSON.stringify({
  event_id: 0, created_at: '2026-01-01T00:00:00.207820267Z', creator_id: 6, metadata: { request_type: 'POST', event_user_id: 6 }, payload: 'ping',
  subscription_id: 6, validation_code: 'VNBWmVoHbuq6yLBV', validation_code_url: 'https://api.track.toggl.com/webhooks/api/v1/validate/7/6/VNBWmVoHbuq6yLBV',
});
const head = (signature) => ({ 'content-type': 'application/json', ...(signature && { 'x-webhook-signature-256': signature }) });
const expected = (body, key) => `sha256=${hmac('sha256', key, body)}`;
const published = '{"event_id":0,"created_at":"2022-06-25T03:58:10.207820267Z","creator_id":6,"metadata":{"request_type":"POST","event_user_id":6},"payload":"ping","subscription_id":6,"timestamp":"2022-06-25T03:58:10.207820267Z","url_callback":"https://callback-url.com"}';

await suite({
  provider: 'toggl',
  by: 'none: documented scheme, sha256= and hex of HMAC-SHA256 of the body',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'time_entry.created', id: '1187213456', body: event(1187213456, 'created') },
    { name: 'valid-updated', type: 'time_entry.updated', id: '1187213457', body: event(1187213457, 'updated') },
  ],
  sign(request, key) {
    request.headers['x-webhook-signature-256'] = expected(request.body, key);
  },
  accepts: (request, key) => same(request.headers['x-webhook-signature-256'] ?? '', expected(request.body, key)),
  extra: [
    { case: 'docs-test-vector', expect: 'accept', type: 'ping', headers: head('sha256=bf829606cda0ca6923defb5ca70a43135adc7e8887486a201a19cb50ca6006b1'), body: published },
    { case: 'handshake', expect: 'handshake', headers: head(expected(ping, secret)), body: ping, expect_status: 200, expect_reply: '{"validation_code":"VNBWmVoHbuq6yLBV"}' },
    { case: 'handshake-unsigned', expect: 'reject', headers: head(), body: ping },
    { case: 'handshake-code-changed', expect: 'reject', headers: head(expected(ping, secret)), body: ping.replace('VNBW', 'XNBW') },
  ],
});
