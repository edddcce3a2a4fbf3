// packages: standardwebhooks@1.1.1
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'parallel',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_FolAZe/umBfTYeSkpId4YZg/fRR7DVJe'] },
  bodies: [
    {
      name: 'valid',
      type: 'task_run.status',
      id: 'whevent_9z8R9mSyvI4mradpdnbDIlBCf11',
      headers: { 'webhook-id': 'whevent_9z8R9mSyvI4mradpdnbDIlBCf11' },
      body: '{"timestamp":"2026-01-01T00:00:00.000000Z","type":"task_run.status","data":{"run_id":"trun_9907962f83aa4d9d98fd7f4bf745d654","status":"completed","is_active":false,"warnings":null,"error":null,"processor":"core","metadata":{"key":"value"},"created_at":"2025-12-31T23:58:00.000000Z","modified_at":"2026-01-01T00:00:00.000000Z"}}',
    },
    {
      name: 'valid-findall-run-completed',
      type: 'findall.run.completed',
      id: 'whevent_C2NtYfuy56JtlFyTjSFlsZkyCIY',
      headers: { 'webhook-id': 'whevent_C2NtYfuy56JtlFyTjSFlsZkyCIY' },
      body: '{"timestamp":"2026-01-01T00:00:05.000000Z","type":"findall.run.completed","data":{"findall_id":"findall_56ccc4d188fb41a0803a935cf485c774","status":{"status":"completed","is_active":false,"metrics":{"generated_candidates_count":50,"matched_candidates_count":10},"termination_reason":"match_limit_met"},"generator":"core","metadata":{}}}',
    },
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'whevent_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
