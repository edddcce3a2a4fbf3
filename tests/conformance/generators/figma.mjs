// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

const token = { json: '/passcode' };

await suite({
  provider: 'figma',
  by: 'none: documented scheme, a passcode in the body',
  config: { secrets: ['figma-sample-passcode'] },
  bodies: [
    {
      name: 'valid',
      type: 'FILE_UPDATE',
      body: '{"event_type":"FILE_UPDATE","file_key":"zH82Vp1Kc3jTqLrWm4sN0x","file_name":"My First File","passcode":"figma-sample-passcode","protocol_version":"2","retries":0,"timestamp":"2026-01-01T00:00:00Z","webhook_id":"22"}',
    },
    {
      name: 'valid-file-comment',
      type: 'FILE_COMMENT',
      body: '{"comment":[{"text":"Please move this "},{"mention":"811724164054158337"}],"comment_id":"32","created_at":"2026-01-01T00:00:05Z","event_type":"FILE_COMMENT","file_key":"zH82Vp1Kc3jTqLrWm4sN0x","file_name":"My First File","mentions":[{"id":"811724164054158337","handle":"Evan Wallace"}],"order_id":"23402","parent_id":"","passcode":"figma-sample-passcode","protocol_version":"2","resolved_at":"","retries":0,"timestamp":"2026-01-01T00:00:05Z","triggered_by":{"id":"813845097374535682","handle":"Dylan Field"},"webhook_id":"22"}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => put(request, token, secret),
  accepts: (request, secret) => same(read(request, token), secret),
  signature: token,
  // A token covers nothing of what is sent.
  covers: [],
  extra: [
    { case: 'ping', expect: 'handshake', expect_status: 200, expect_reply: '', body: '{"event_type":"PING","passcode":"figma-sample-passcode","timestamp":"2026-01-01T00:00:00Z","webhook_id":"22"}' },
    { case: 'ping-wrong-passcode', expect: 'reject', body: '{"event_type":"PING","passcode":"figma-another-passcode","timestamp":"2026-01-01T00:00:00Z","webhook_id":"22"}' },
    { case: 'passcode-not-a-text', expect: 'reject', body: '{"event_type":"FILE_UPDATE","passcode":{"passcode":"figma-sample-passcode"}}' },
  ],
});
