// packages: @dropbox/sign@1.11.0
import { hmac, put, suite } from '../lib/cases.mjs';
import dropboxSign from '@dropbox/sign';

// The cases are made with the JSON alone, and put into the form that carries it when they are written.
const boundary = '----------------------------8d3f2a1b';
const type = `multipart/form-data; boundary=${boundary}`;
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (lines) => write(lines.replace(/"body_b64":"([^"]*)"/g, (_, base64) => {
  const parts = [`--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n`, Buffer.from(base64, 'base64'), `\r\n--${boundary}--\r\n`];
  return `"body_b64":"${Buffer.concat(parts.map((part) => Buffer.from(part))).toString('base64')}"`;
}));
const { EventCallbackHelper, EventCallbackRequest } = dropboxSign;
const test = JSON.stringify({ event: { event_type: 'callback_test', event_time: '', event_hash: '', event_metadata: {} }, account_guid: '615266b89aeda4e8cd2f2a5d401dbc76f4fa' });

await suite({
  provider: 'dropbox-sign',
  by: '@dropbox/sign@1.11.0 EventCallbackHelper.isValid',
  config: { secrets: ['8d2a4c1f0b7e95d3a6c8e1f2947b0d5c3e6a8f1b2c4d7e9f0a1b3c5d7e9f2a4c'] },
  bodies: [
    {
      name: 'valid',
      type: 'signature_request_sent',
      body: '{"event":{"event_type":"signature_request_sent","event_time":"","event_hash":"","event_metadata":{"related_signature_id":null,"reported_for_account_id":"615266b89aeda4e8cd2f2a5d401dbc76f4fa","reported_for_app_id":"ff3366f5236b94b4ded1aeecfc2"}},"account_guid":"615266b89aeda4e8cd2f2a5d401dbc76f4fa","client_id":"ff3366f5236b94b4ded1aeecfc2","signature_request":{"signature_request_id":"21bb8f947df4ad622c103f662543b230b713d","test_mode":false,"title":"NDA","metadata":{},"is_complete":false,"is_declined":false}}',
    },
    {
      name: 'valid-template-created',
      type: 'template_created',
      id: '195e410d95ddf047a8bd4750d7424e607bcd1d7f059d0e6514be4832a7c78720',
      body: '{"event":{"event_type":"template_created","event_time":"","event_hash":"","event_metadata":{"related_signature_id":null,"reported_for_account_id":"615266b89aeda4e8cd2f2a5d401dbc76f4fa","reported_for_app_id":"ff3366f5236b94b4ded1aeecfc2"}},"account_guid":"615266b89aeda4e8cd2f2a5d401dbc76f4fa","client_id":"ff3366f5236b94b4ded1aeecfc2","template":{"template_id":"f57db65d3f933b5316d398057a36176831451a35","title":"Mutual NDA","metadata":{}}}',
    },
    {
      name: 'valid-file-error',
      type: 'file_error',
      body: '{"event":{"event_type":"file_error","event_time":"","event_hash":"","event_metadata":{"related_signature_id":null,"reported_for_account_id":"615266b89aeda4e8cd2f2a5d401dbc76f4fa","reported_for_app_id":"ff3366f5236b94b4ded1aeecfc2"}},"account_guid":"615266b89aeda4e8cd2f2a5d401dbc76f4fa","client_id":"ff3366f5236b94b4ded1aeecfc2","signature_request":{"signature_request_id":"21bb8f947df4ad622c103f662543b230b713d","test_mode":false,"title":"NDA","metadata":{},"is_complete":false,"is_declined":false}}',
    },
  ],
  headers: { 'content-type': type, 'user-agent': 'Dropbox Sign API' },
  sign(request, secret, now) {
    put(request, { json: '/event/event_time' }, String(now));
    put(request, { json: '/event/event_hash' }, hmac('sha256', secret, `${now}${request.json.event.event_type}`));
  },
  accepts: (request, secret) => EventCallbackHelper.isValid(secret, EventCallbackRequest.init(request.json)),
  signature: { json: '/event/event_hash' },
  covers: [], // Time and type alone are signed.
  longBody: 1000,
  timestamped: { tolerance_s: 300, past_s: 259200 },
  // The package looks at no time.
  lenient: ['stale-timestamp', 'future-timestamp'],
  forge: {
    'another-type': (request) => put(request, { json: '/event/event_type' }, 'signature_request_all_signed'),
    'another-time': (request) => put(request, { json: '/event/event_time' }, '1767225601'),
  },
  extra: [
    { case: 'handshake-callback-test', expect: 'handshake', sign: true, body: test, expect_status: 200, expect_reply: 'Hello API Event Received' },
    { case: 'handshake-callback-test-unsigned', expect: 'reject', body: test },
  ],
});
