// packages: @mux/mux-node@15.3.0
import { suite, hmac } from '../lib/cases.mjs';
import Mux from '@mux/mux-node';

const { webhooks } = new Mux({ tokenId: 'none', tokenSecret: 'none' });
const event = (name, type, kind, id) => ({
  name, type, id,
  body: JSON.stringify({
    type, request_id: null, object: { type: kind, id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002' }, id, environment: { name: 'Production', id: 'j0863n' },
    data: { status: 'ready', id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002' }, created_at: '2026-01-01T00:00:00.000000Z', attempts: [],
  }),
});

await suite({
  provider: 'mux',
  by: '@mux/mux-node@15.3.0 webhooks.verifySignature',
  config: { secrets: ['7a4tjqrq2bjq0rhbdkj8tfdojp4m5jq1'] },
  bodies: [
    event('valid', 'video.asset.ready', 'asset', '3a56ac3d-33da-4366-855b-f592d898409d'),
    event('valid-live', 'video.live_stream.active', 'live', '3a56ac3d-33da-4366-855b-f592d898409e'),
  ],
  sign(request, secret, now) {
    request.headers['mux-signature'] = `t=${now},v1=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  async accepts(request, secret) {
    await webhooks.verifySignature(request.text, request.headers, secret);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  lenient: ['future-timestamp'],
  forge: {
    'another-version': (request) => void (request.headers['mux-signature'] = request.headers['mux-signature'].replace('v1=', 'v0=')),
  },
});
