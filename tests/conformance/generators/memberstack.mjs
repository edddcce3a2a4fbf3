// packages: @memberstack/admin@1.7.0
import { suite, hmac, put } from '../lib/cases.mjs';
import memberstack from '@memberstack/admin';

const client = memberstack.init('sk_sb_test');

await suite({
  provider: 'memberstack',
  by: '@memberstack/admin@1.7.0 verifyWebhookSignature',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'member.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pU',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pU' },
      body: '{"event":"member.created","timestamp":1767225600000,"payload":{"id":"mem_cl1abc2de3fg4hi5jk6lm7no","auth":{"email":"john@example.com"},"customFields":{"first-name":"John"},"createdAt":"2026-01-01T00:00:00.000Z","verified":false,"metaData":{}}}',
    },
    {
      name: 'valid-member-plan-added',
      type: 'member.plan.added',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pV',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pV' },
      body: '{"event":"member.plan.added","timestamp":1767225605000,"payload":{"id":"mem_cl1abc2de3fg4hi5jk6lm7no","auth":{"email":"john@example.com"},"planConnection":{"planId":"pln_free-x1y2z3","status":"ACTIVE"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]));
    return client.verifyWebhookSignature({ headers, secret, payload: request.json });
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
  // The package signs what it parsed and wrote again, so other spellings of the same JSON mean nothing here.
  oddBodies: false,
  lenient: ['tampered-body-trailing-newline'],
});
