// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'openmeter',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_f+ryvuS8WvtdNCqSNlTcb2l3WuhYsgyT'] },
  bodies: [
    {
      name: 'valid',
      type: 'entitlements.balance.threshold',
      id: '01JGFJ8X2M3N4P5Q6R7S8T9V0W',
      headers: { 'svix-id': 'msg_zWUcfAY3XlG1PnDp18HswxMB2lZ' },
      body: '{"id":"01JGFJ8X2M3N4P5Q6R7S8T9V0W","type":"entitlements.balance.threshold","timestamp":"2026-01-01T00:00:00Z","data":{"entitlement":{"id":"01JGFJ0000000000000000000A","type":"metered","featureKey":"gpt4_tokens"},"feature":{"key":"gpt4_tokens"},"subject":{"id":"01JGFJ0000000000000000000C","key":"customer-1"},"value":{"hasAccess":true,"balance":100,"usage":900,"overage":0},"threshold":{"type":"PERCENT","value":90}}}',
    },
    {
      name: 'valid-entitlements-reset',
      type: 'entitlements.reset',
      id: '01JGFJ8X2M3N4P5Q6R7S8T9V0X',
      headers: { 'svix-id': 'msg_eQQQnGHQXNzimMmLDiPXnX1vaHj' },
      body: '{"id":"01JGFJ8X2M3N4P5Q6R7S8T9V0X","type":"entitlements.reset","timestamp":"2026-01-01T00:00:05Z","data":{"entitlement":{"id":"01JGFJ0000000000000000000A","type":"metered","featureKey":"gpt4_tokens"},"feature":{"key":"gpt4_tokens"},"subject":{"key":"customer-1"},"value":{"hasAccess":true,"balance":1000,"usage":0,"overage":0}}}',
    },
  ],
  ...standard('svix', Webhook),
});
