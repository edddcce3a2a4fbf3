// packages: terra-api@2.1.0
import { suite, hmac } from '../lib/cases.mjs';
import { verifyTerraWebhookSignature } from 'terra-api';

await suite({
  provider: 'terra',
  by: 'terra-api@2.1.0 verifyTerraWebhookSignature',
  config: { secrets: ['7e9a1c3f5b7d2e4f6a8c0b1d3f5e7a9c'] },
  bodies: [
    {
      name: 'valid',
      type: 'activity',
      headers: { 'terra-reference': '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d' },
      body: '{"status":"success","type":"activity","user":{"user_id":"b3b6a3c8-3d52-4d5b-9c3f-7a1e5f0b2c4d","provider":"GARMIN","last_webhook_update":"2026-01-01T00:00:00.000000+00:00","scopes":"activity,sleep","reference_id":"user-1"},"data":[{"metadata":{"start_time":"2025-12-31T23:00:00.000000+00:00","end_time":"2026-01-01T00:00:00.000000+00:00","summary_id":"a1","type":8},"calories_data":{"total_burned_calories":321.5}}],"version":"2022-03-16"}',
    },
    {
      name: 'valid-auth',
      type: 'auth',
      headers: { 'terra-reference': '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4e' },
      body: '{"status":"success","type":"auth","user":{"user_id":"b3b6a3c8-3d52-4d5b-9c3f-7a1e5f0b2c4d","provider":"GARMIN","active":true},"auth_result":"success","reference_id":"user-1","version":"2022-03-16"}',
    },
  ],
  async sign(request, secret, now) {
    request.headers['terra-signature'] = `t=${now},v1=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  async accepts(request, secret) {
    return verifyTerraWebhookSignature(request.text, request.headers['terra-signature'], secret);
  },
  timestamped: { tolerance_s: 300 },
});
