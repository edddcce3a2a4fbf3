// packages: replicate@1.4.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { validateWebhook } from 'replicate';

const event = (name, type, id, body) => ({ name, type, id, headers: { 'webhook-id': id }, body: JSON.stringify(body) });

await suite({
  provider: 'replicate',
  by: 'replicate@1.4.0 validateWebhook',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'prediction.starting', 'msg_p5jXN8AQM9LWM0D4loKWxJek', { id: 'ufawqhfynnddngldkgtslldrkq', model: 'stability-ai/sdxl', version: '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa', created_at: '2026-01-01T00:00:00.000000Z', started_at: null, completed_at: null, status: 'starting', input: { prompt: 'a café in Köln' }, output: null, error: null, logs: null, metrics: {} }),
    event('valid-succeeded', 'prediction.succeeded', 'msg_p5jXN8AQM9LWM0D4loKWxJel', { id: 'ufawqhfynnddngldkgtslldrkq', model: 'stability-ai/sdxl', version: '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa', created_at: '2026-01-01T00:00:00.000000Z', started_at: null, completed_at: null, status: 'succeeded', input: { prompt: 'a café in Köln' }, output: ['https://replicate.delivery/pbxt/out-0.png'], error: null, logs: null, metrics: {} }),
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts: (request, secret) => validateWebhook({ headers: request.headers, body: request.text }, secret),
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
  lenient: ['stale-timestamp', 'future-timestamp', 'another-version'],
});
