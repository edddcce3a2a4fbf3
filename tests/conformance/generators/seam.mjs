// packages: @seamapi/webhook@1.5.0 svix@1.96.1
import { suite, hmac, put } from '../lib/cases.mjs';
import { SeamWebhook } from '@seamapi/webhook';

await suite({
  provider: 'seam',
  by: '@seamapi/webhook@1.5.0 SeamWebhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'device.connected',
      id: 'e5f1d17c-cf3d-4ae3-8d1a-5b8e8d0bf7c0',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pS' },
      body: '{"event_id":"e5f1d17c-cf3d-4ae3-8d1a-5b8e8d0bf7c0","event_type":"device.connected","workspace_id":"750fc0bc-4450-4356-8d9f-18c6a3a6b2b7","created_at":"2026-01-01T00:00:00.000Z","occurred_at":"2026-01-01T00:00:00.000Z","device_id":"f7a7fb02-9277-4354-8dff-28270a27a74f","connected_account_id":"a289aa54-5488-4707-9a4b-eeea4edf311d"}',
    },
    {
      name: 'valid-access-code-set-on-device',
      type: 'access_code.set_on_device',
      id: '0f7a1d0e-5d2c-4b77-b0d4-8d70c8b3b1ad',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pT' },
      body: '{"event_id":"0f7a1d0e-5d2c-4b77-b0d4-8d70c8b3b1ad","event_type":"access_code.set_on_device","workspace_id":"750fc0bc-4450-4356-8d9f-18c6a3a6b2b7","created_at":"2026-01-01T00:00:05.000Z","occurred_at":"2026-01-01T00:00:05.000Z","device_id":"f7a7fb02-9277-4354-8dff-28270a27a74f","access_code_id":"2fdc8a55-9d0a-4b6f-93f9-5f1b2a7c3b11","code":"1234"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new SeamWebhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
});
