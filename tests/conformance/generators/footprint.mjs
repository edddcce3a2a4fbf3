// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
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
  ...standard('svix', Webhook),
});
