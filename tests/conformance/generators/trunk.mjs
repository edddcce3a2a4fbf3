// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'trunk',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_Wb0sDPFR2/tWRw45gGAx1KShBjcTQGTe'] },
  bodies: [
    {
      name: 'valid',
      type: 'v2.test_case.status_changed',
      id: 'msg_BnDtmUkGWGQgeVP642QveJYw1SQ',
      headers: { 'svix-id': 'msg_BnDtmUkGWGQgeVP642QveJYw1SQ' },
      body: '{"type":"v2.test_case.status_changed","timestamp":"2026-01-01T00:00:00.000Z","previous_status":"healthy","new_status":"flaky","triggered_by":{"monitor_type":"pass_on_retry"},"repository":{"id":"8b6f9c3e-1d2a-4c5b-9e7f-0a1b2c3d4e5f","html_url":"https://github.com/acme/app"},"test_case":{"id":"5e4d3c2b-1a09-4876-b543-210fedcba987","name":"renders the cart","classname":"CartTest","file_path":"src/cart.test.ts","quarantined":false}}',
    },
    {
      name: 'valid-test-case-investigation-completed',
      type: 'test_case.investigation_completed',
      id: 'msg_QRnfvYRcZ7PcAVmGonDRWkMYtcF',
      headers: { 'svix-id': 'msg_QRnfvYRcZ7PcAVmGonDRWkMYtcF' },
      body: '{"type":"test_case.investigation_completed","investigation_id":"6f5e4d3c-2b1a-4098-8765-43210fedcba9","confidence":0.82,"created_at":"2026-01-01T00:00:05.000Z","markdown_summary":"The test waits for a fixed time.","failure_message":"Timed out after 500 ms","facts":[{"fact_type":"GIT_BLAME","content":"Changed by da15608","confidence":0.7}],"repository":{"id":"8b6f9c3e-1d2a-4c5b-9e7f-0a1b2c3d4e5f","html_url":"https://github.com/acme/app"},"test_case":{"id":"5e4d3c2b-1a09-4876-b543-210fedcba987","name":"renders the cart","file_path":"src/cart.test.ts"}}',
    },
  ],
  ...standard('svix', Webhook),
});
