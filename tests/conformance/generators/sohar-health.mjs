// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'sohar-health',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_74xTdQs+gyZ7yzkGFig42jdM2u6i6Z+p'] },
  bodies: [
    {
      name: 'valid',
      type: 'verification.updated',
      id: 'msg_DlBZszvz1k9Kjs37fRxwBR4IG4O',
      headers: { 'svix-id': 'msg_DlBZszvz1k9Kjs37fRxwBR4IG4O' },
      body: '{"event":"verification.updated","verificationId":"990cdad8-1438-4bbd-8b55-120b56e87540","id":"123456","status":"complete.eligible"}',
    },
    {
      name: 'valid-flow-updated',
      type: 'flow.updated',
      id: 'msg_uOhBDoe2PYk4plrU3SCWtAeAvLD',
      headers: { 'svix-id': 'msg_uOhBDoe2PYk4plrU3SCWtAeAvLD' },
      body: '{"event":"flow.updated","flowRunId":"990cdad8-1438-4bbd-8b55-120b56e87541","status":"COMPLETE","stateId":"create-verification"}',
    },
  ],
  ...standard('svix', Webhook),
});
