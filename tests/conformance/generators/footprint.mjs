// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'footprint',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_R1iyi9qg8XNg0IOOcUFDjtAoVi4aL83o'] },
  bodies: [
    {
      name: 'valid',
      type: 'footprint.onboarding.completed',
      id: 'msg_Waq66jWoofCHwC1e12ITkS7su1o',
      headers: { 'svix-id': 'msg_Waq66jWoofCHwC1e12ITkS7su1o' },
      body: '{"event_kind":"footprint.onboarding.completed","external_id":"user-42","fp_id":"fp_id_7p793EF07xKXHqAeg5VGPj","is_live":false,"onboarding_id":"ob_SRFT2a1mN7DAWJ0VPXkiqK","playbook_key":"pb_test_QoEYTOve49Q2IAmaKVYnPs","requires_manual_review":false,"status":"pass","timestamp":"2026-01-01T00:00:00Z"}',
    },
    {
      name: 'valid-footprint-watchlist-check-completed',
      type: 'footprint.watchlist_check.completed',
      id: 'msg_PEDvmQPIZg92xZXhhmlbn8lCC4k',
      headers: { 'svix-id': 'msg_PEDvmQPIZg92xZXhhmlbn8lCC4k' },
      body: '{"error":null,"event_kind":"footprint.watchlist_check.completed","external_id":null,"fp_id":"fp_id_7p793EF07xKXHqAeg5VGPj","is_live":false,"status":"pass","timestamp":"2026-01-01T00:00:05Z"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
});
