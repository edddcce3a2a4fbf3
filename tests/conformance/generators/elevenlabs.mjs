// packages: @elevenlabs/elevenlabs-js@2.73.0
import { hmac, suite } from '../lib/cases.mjs';
import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';

const { webhooks } = new ElevenLabsClient({ apiKey: 'none' });

await suite({
  provider: 'elevenlabs',
  by: '@elevenlabs/elevenlabs-js@2.73.0 webhooks.constructEvent',
  config: { secrets: ['wsec_2d8f1c7e4b9a60d3e5f8a1b2c3d4e5f60718293a4b5c6d7e'] },
  bodies: [
    {
      name: 'valid',
      type: 'post_call_transcription',
      body: '{"type":"post_call_transcription","event_timestamp":1767225600,"data":{"agent_id":"agent_01jyqk3s8vf4v9","conversation_id":"conv_01jyqm8w7xg5wa","status":"done","user_id":"user123","transcript":[{"role":"agent","message":"Hey there, how can I help you?","time_in_call_secs":0}],"metadata":{"start_time_unix_secs":1767225500,"call_duration_secs":22,"cost":296},"analysis":{"call_successful":"success","transcript_summary":"A short call."}}}',
    },
    {
      name: 'valid-voice-removal-notice',
      type: 'voice_removal_notice',
      id: 'b95fb426759caf90dc616c8aa8f1d3239fb675695eda389633ad20c0b6101603',
      body: '{"type":"voice_removal_notice","event_timestamp":1767225605,"data":{"voice_id":"21m00Tcm4TlvDq8ikWAM","voice_name":"Rachel","removal_date":"2026-03-01"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['elevenlabs-signature'] = `t=${now},v0=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  async accepts(request, secret) {
    await webhooks.constructEvent(request.text, request.headers['elevenlabs-signature'], secret);
    return true;
  },
  timestamped: { tolerance_s: 300, past_s: 1800 },
  lenient: ['future-timestamp'],
  forge: {
    'another-version': (request) => void (request.headers['elevenlabs-signature'] = request.headers['elevenlabs-signature'].replace('v0=', 'v1=')),
    'without-time': (request) => void (request.headers['elevenlabs-signature'] = request.headers['elevenlabs-signature'].replace(/^t=\d+,/, '')),
  },
});
