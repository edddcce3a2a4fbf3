// packages: openai@6.49.0
import { suite, hmac, put } from '../lib/cases.mjs';
import OpenAI from 'openai';

const client = new OpenAI({ apiKey: 'unused' });
const event = (name, type, id, about) => ({
  name, type, id,
  headers: { 'user-agent': 'OpenAI/1.0 (+https://platform.openai.com/docs/webhooks)', 'webhook-id': id },
  body: JSON.stringify({ object: 'event', id: 'evt_685343a1381c819085d44c354e1b330e', type, created_at: 1767225600, data: { id: about } }),
});

await suite({
  provider: 'openai',
  by: 'openai@6.49.0 webhooks.unwrap',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'response.completed', 'wh_685342e6c53c8190a1be43f081506c52', 'resp_685343a131d88190a06d2a5d8a2d9ff4'),
    event('valid-batch-completed', 'batch.completed', 'wh_685342e6c53c8190a1be43f081506c53', 'batch_6853435a4a1c8190a0bd2e0f4c3d2b1a'),
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts: async (request, secret) => Boolean(await client.webhooks.unwrap(request.text, request.headers, secret)),
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'wh_685342e6c53c8190a1be43f081506c59'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
    'no-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].slice(3)),
  },
  lenient: ['no-version'],
});
