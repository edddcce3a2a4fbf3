// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'google-gemini',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'batch.succeeded',
      id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
      headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' },
      body: '{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-01T00:00:00Z","data":{"id":"batch_123456","output_file_uri":"gs://my-bucket/results.jsonl"}}',
    },
    {
      name: 'valid-video-generated',
      type: 'video.generated',
      id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X',
      headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X' },
      body: '{"type":"video.generated","version":"v1","timestamp":"2026-01-01T00:00:05Z","data":{"id":"operations/abc123","file_id":"files/xyz789","video_uri":"https://generativelanguage.googleapis.com/v1beta/files/xyz789:download"}}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
