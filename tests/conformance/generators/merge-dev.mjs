// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'mK3xR8vQ2nT7yW5zB9cD4fG6hJ1kL0pS';
const event = (kind, name) => JSON.stringify({
  hook: { id: 'aa4c357a-5cae-4ae6-8f5f-3a7b2b1c4d5e', event: kind, target: 'https://hooks.example.com/in/merge-dev' },
  linked_account: { id: 'b82302de-852e-4e60-b050-edf9da3b7c02', integration: 'Greenhouse', category: 'ats' },
  data: { id: '521b18c2-4d01-4297-b451-19858d07c133', first_name: name, modified_at: '2026-01-01T00:00:00Z' },
});
const changed = event('Candidate.changed', 'Zoë');
const digest = (body, key) => hmac('sha256', key, body, 'base64url');

await suite({
  provider: 'merge-dev',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64url, with or without padding',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'Candidate.changed', body: changed },
    { name: 'valid-synced', type: 'LinkedAccount.sync_completed', body: event('LinkedAccount.sync_completed', 'Gil') },
  ],
  sign(request, key) {
    request.headers['x-merge-webhook-signature'] = `${digest(request.body, key)}=`;
  },
  accepts: (request, key) => same(request.headers['x-merge-webhook-signature']?.replace(/=$/, ''), digest(request.body, key)),
  extra: [
    { case: 'valid-unpadded', expect: 'accept', type: 'Candidate.changed', body: changed, headers: { 'content-type': 'application/json', 'x-merge-webhook-signature': digest(changed, secret) } },
  ],
});
