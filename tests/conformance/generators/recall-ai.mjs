// packages: svix@2.5.0
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

const event = (name, type, id, body) => ({ name, type, id, headers: { 'webhook-id': id }, body: JSON.stringify(body) });

await suite({
  provider: 'recall-ai',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'bot.done', 'msg_loFOjxBNrRLzqYUf', { event: 'bot.done', data: { data: { code: 'done', sub_code: null, updated_at: '2026-01-01T00:00:00.000000Z' }, bot: { id: 'c6b9b2a1-3d4e-4f5a-8b6c-7d8e9f0a1b2c', metadata: { team: 'blue' } } } }),
    event('valid-in-call', 'bot.in_call_recording', 'msg_loFOjxBNrRLzqYUg', { event: 'bot.in_call_recording', data: { data: { code: 'in_call_recording', sub_code: null, updated_at: '2026-01-01T00:00:00.000000Z' }, bot: { id: 'c6b9b2a1-3d4e-4f5a-8b6c-7d8e9f0a1b2c', metadata: { team: 'blue' } } } }),
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
