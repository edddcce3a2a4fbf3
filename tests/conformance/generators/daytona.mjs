// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'daytona',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_PASdxH8TYuNfUUc5OANY5OYDTxxtf2mz'] },
  bodies: [
    {
      name: 'valid',
      type: 'sandbox.created',
      id: 'msg_8lclo135PFjMh6LRmd7TF7UHOq3',
      headers: { 'svix-id': 'msg_8lclo135PFjMh6LRmd7TF7UHOq3' },
      body: '{"event":"sandbox.created","timestamp":"2026-01-01T00:00:00.000Z","id":"8f14e45f-ceea-467f-a9d4-0b1c2d3e4f50","organizationId":"2c1743a3-91a2-44cf-a6e4-2a10eca12ff9","state":"started","class":"small","createdAt":"2026-01-01T00:00:00.000Z"}',
    },
    {
      name: 'valid-sandbox-state-updated',
      type: 'sandbox.state.updated',
      id: 'msg_vfS6TrsY9ZBB9Y0wcESgNg9QWRL',
      headers: { 'svix-id': 'msg_vfS6TrsY9ZBB9Y0wcESgNg9QWRL' },
      body: '{"event":"sandbox.state.updated","timestamp":"2026-01-01T00:05:00.000Z","id":"8f14e45f-ceea-467f-a9d4-0b1c2d3e4f50","organizationId":"2c1743a3-91a2-44cf-a6e4-2a10eca12ff9","oldState":"started","newState":"stopped","updatedAt":"2026-01-01T00:05:00.000Z"}',
    },
  ],
  ...standard('svix', Webhook),
});
