// packages: standardwebhooks@1.1.1
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

const event = (name, type, id, body) => ({ name, type, id, headers: { 'webhook-id': id }, body: JSON.stringify(body) });

await suite({
  provider: 'render',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'deploy_ended', 'evt-cph1rs3idesc73a2b2mg', { type: 'deploy_ended', timestamp: '2026-01-01T00:00:00.000000000Z', data: { id: 'evt-cph1rs3idesc73a2b2mg', serviceId: 'srv-cukouhrtq21c73e9scng', serviceName: 'my-service', status: 'succeeded' } }),
    event('valid-restart', 'server_restarted', 'evt-cph1rs3idesc73a2b2n0', { type: 'server_restarted', timestamp: '2026-01-01T00:00:00.000000000Z', data: { id: 'evt-cph1rs3idesc73a2b2n0', serviceId: 'srv-cukouhrtq21c73e9scng', serviceName: 'my-service', note: 'Köln' } }),
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
