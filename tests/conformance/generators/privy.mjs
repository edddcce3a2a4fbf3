// packages: @privy-io/node@0.35.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { PrivyClient } from '@privy-io/node';

const client = new PrivyClient({ appId: 'app', appSecret: 'secret' });

await suite({
  provider: 'privy',
  by: '@privy-io/node@0.35.0 PrivyClient.webhooks().verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'user.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pQ',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pQ' },
      body: '{"type":"user.created","user":{"id":"did:privy:cfbsvtqo2c22202mo08847jdux2z","created_at":1767225600,"has_accepted_terms":false,"is_guest":false,"linked_accounts":[{"type":"email","address":"bma@example.com","verified_at":1767225600,"first_verified_at":1767225600,"latest_verified_at":1767225600}],"mfa_methods":[]}}',
    },
    {
      name: 'valid-transaction-confirmed',
      type: 'transaction.confirmed',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pR',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pR' },
      body: '{"type":"transaction.confirmed","transaction_id":"c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34","wallet_id":"fmfdj6yqly31huorjqzq38zc","caip2":"eip155:8453","transaction_hash":"0x2446f1fd773fbb9f080e674b60c6a033c7ed7427b8b9413cf28a2a4a6da9b56c","status":"confirmed"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    client.webhooks().verify({ payload: request.text, headers: request.headers, signing_secret: secret });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
});
