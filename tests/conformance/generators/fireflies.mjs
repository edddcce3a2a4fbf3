// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'fireflies',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'meeting.transcribed',
      body: '{"event":"meeting.transcribed","timestamp":1767225600000,"meeting_id":"ASxwZxCstx","client_reference_id":"be582c46-4ac9-4565-9ba6-6ab4264496a8"}',
    },
    {
      name: 'valid-v1',
      type: 'Transcription completed',
      body: '{"meetingId":"ASxwZxCstx","eventType":"Transcription completed","clientReferenceId":"be582c46-4ac9-4565-9ba6-6ab4264496a8"}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-hub-signature'] = `sha256=${hmac('sha256', secret, request.body)}`),
  accepts: (request, secret) => same(request.headers['x-hub-signature'], `sha256=${hmac('sha256', secret, request.body)}`),
});
