// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'meeting-baas',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_intJWxX9ERJMvbA/vwGozcAPRiUnJj2G'] },
  bodies: [
    {
      name: 'valid',
      type: 'bot.status_change',
      id: 'msg_0k2dTJsSAgKPOYLZ75qWfbHnLYK',
      headers: { 'svix-id': 'msg_0k2dTJsSAgKPOYLZ75qWfbHnLYK' },
      body: '{"event":"bot.status_change","data":{"bot_id":"123e4567-e89b-12d3-a456-426614174000","event_id":"789e0123-e45b-47c8-9901-234567890abc","status":{"code":"in_call_recording","created_at":"2026-01-01T00:00:00Z","start_time":1767225600},"extra":{"customer_id":"12345"}}}',
    },
    {
      name: 'valid-bot-completed',
      type: 'bot.completed',
      id: 'msg_opQAZkU1AOVtlp4Er6LgHTsoDGM',
      headers: { 'svix-id': 'msg_opQAZkU1AOVtlp4Er6LgHTsoDGM' },
      body: '{"event":"bot.completed","data":{"bot_id":"123e4567-e89b-12d3-a456-426614174000","event_id":"789e0123-e45b-47c8-9901-234567890abc","transcription":"https://s3.example.com/transcription.json","mp4":"https://s3.example.com/video.mp4","audio":"https://s3.example.com/audio.mp3","duration_seconds":3600,"participants":["Ada"],"speakers":["Ada"],"extra":{"customer_id":"12345"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
