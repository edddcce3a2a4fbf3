// packages: resend@6.38.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Resend } from 'resend';

const resend = new Resend('re_unused');

const event = (name, type, id, body) => ({ name, type, id, headers: { 'user-agent': 'Svix-Webhooks/1.24.0', 'svix-id': id }, body: JSON.stringify(body) });

await suite({
  provider: 'resend',
  by: 'resend@6.38.0 webhooks.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'email.sent', 'msg_2Lh9KRb0pzN4LePd3XiA4v12Axj', { type: 'email.sent', created_at: '2026-01-01T00:00:00.126Z', data: { broadcast_id: '8b146471-e88e-4322-86af-016cd36fd216', created_at: '2026-01-01T00:00:00.000Z', email_id: '56761188-7520-42d8-8898-ff6fc54ce618', from: 'Acme <onboarding@resend.dev>', to: ['delivered@resend.dev'], subject: 'Größe & example' } }),
    event('valid-contact', 'contact.created', 'msg_2Lh9KRb0pzN4LePd3XiA4v12Axk', { type: 'contact.created', created_at: '2026-01-01T00:00:05.126Z', data: { id: 'e169aa45-1ecf-4183-9955-b1499d5701d3', email: 'steve.wozniak@example.com' } }),
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts: (request, webhookSecret) => Boolean(resend.webhooks.verify({
    payload: request.text,
    headers: { id: request.headers['svix-id'], timestamp: request.headers['svix-timestamp'], signature: request.headers['svix-signature'] },
    webhookSecret,
  })),
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
    'another-version': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
});
