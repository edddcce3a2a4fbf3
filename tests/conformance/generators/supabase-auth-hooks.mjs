// packages: standardwebhooks@1.1.1
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

const id = (last) => ({ 'webhook-id': `5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e1${last}` });
const key = (secret) => secret.replace('whsec_', '');

await suite({
  provider: 'supabase-auth-hooks',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'], override: { accepted: { json: {} } } },
  longBody: 1500,
  bodies: [
    { name: 'valid', type: 'send-sms', id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10', headers: id(0), body: '{"user":{"id":"6481a5c1-3d37-4a56-9f6a-bee08c554965","aud":"authenticated","role":"authenticated","email":"","phone":"+1333363128","app_metadata":{"provider":"phone","providers":["phone"]},"user_metadata":{},"created_at":"2025-12-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","is_anonymous":false},"sms":{"otp":"561166"}}' },
    { name: 'valid-email', type: 'send-email', id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e11', headers: id(1), body: '{"user":{"id":"8484b834-f29e-4af2-bf42-80644d154f76","email":"ada@example.com"},"email_data":{"token":"305805","token_hash":"7d5b7b1964cf5d388340a7f04f1dbb5eeb6c7b52ef8270e1737a58d0","redirect_to":"http://localhost:3000/","email_action_type":"signup","site_url":"http://localhost:9999"}}' },
    { name: 'valid-before-user-created', type: 'before-user-created', id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e12', headers: id(2), body: '{"metadata":{"uuid":"8b34dcdd-9df1-4c10-850a-b3277c653040","time":"2026-01-01T00:00:06.000Z","name":"before-user-created","ip_address":"127.0.0.1"},"user":{"id":"ff7fc9ae-3b1b-4642-9241-64adb9848a03"}}' },
    { name: 'valid-claims', type: 'custom-access-token', id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e13', headers: id(3), body: '{"user_id":"8ccaa7af-909f-44e7-84cb-67cdccb56be6","claims":{"aud":"authenticated","role":"authenticated"},"authentication_method":"password"}' },
    { name: 'valid-password', type: 'password-verification-attempt', id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e15', headers: id(5), body: '{"user_id":"3919cb6e-4215-4478-a960-6d3454326cec","valid":true}' },
    { name: 'valid-mfa', type: 'mfa-verification-attempt', id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e14', headers: id(4), body: '{"factor_id":"6eab6a69-7766-48bf-95d8-bd8f606894db","factor_type":"totp","user_id":"3919cb6e-4215-4478-a960-6d3454326cec","valid":true}' },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(key(secret), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(key(secret)).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e19'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
