// packages: messagebird@4.0.1
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';

const signature = createRequire(import.meta.url)('messagebird/lib/signature.js');
const query = (request) => [...new URL(request.url).searchParams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${value}`).join('&');
const message = (type, status) => JSON.stringify({
  conversation: { id: '2e15efafec384e1c82e9842075e87beb', status: 'active' },
  message: { id: '8909570be0db4d8a9a4d1ea95c3b7a6e', platform: 'sms', content: { text: 'Hello' }, status, createdDatetime: '2026-01-01T00:00:00Z' }, type,
});

await suite({
  provider: 'messagebird-legacy',
  by: 'messagebird@4.0.1 signature.validate',
  config: { secrets: ['PlLrKaqvZNRR5zAjm42ZT6q1SQxgbbGd'] },
  bodies: [
    { name: 'valid', type: 'message.created', body: message('message.created', 'received') },
    { name: 'valid-updated', type: 'message.updated', body: message('message.updated', 'delivered') },
    { name: 'valid-report', type: 'sms.delivered', method: 'GET', url: 'https://hooks.example.com/in/messagebird-legacy?status=delivered&recipient=31612345678&id=e8077d803532c0b5937c639b60216938', body: '' },
  ],
  sign(request, secret, now) {
    const digest = createHash('sha256').update(request.body).digest();
    request.headers['messagebird-request-timestamp'] = String(now);
    request.headers['messagebird-signature'] = hmac('sha256', secret, Buffer.concat([Buffer.from(`${now}\n${query(request)}\n`), digest]), 'base64');
  },
  // What the package reads of an Express request.
  accepts: ({ headers, url, body }, secret) =>
    signature.validate({ headers, query: Object.fromEntries(new URL(url).searchParams), body }, secret),
  timestamped: { tolerance_s: 100 },
  lenient: ['future-timestamp'],
  forge: {
    'query-added': (request) => void (request.url += '?x=1'),
  },
});
