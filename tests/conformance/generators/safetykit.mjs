// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'safetykit',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_GVE7hFGRG2G7x25Tq5OfC4DYM43lmM6v'] },
  bodies: [
    {
      name: 'valid',
      type: 'workflow.succeeded',
      id: 'msg_NnlzOfvHRjSaYIY896kcgDCiSR7',
      headers: { 'webhook-id': 'msg_NnlzOfvHRjSaYIY896kcgDCiSR7' },
      body: '{"type":"workflow.succeeded","namespace":"listings","id":"listing-1042","request_id":"req_01JGFJ8X2M3N4P5Q","url":"https://shop.example.com/listings/1042","metadata":{"seller":"s-7"},"output":{"actions":["remove"],"labels":["weapons"],"fields":{"severity":"high"},"label_changes":{"added":["weapons"],"removed":[]}}}',
    },
    {
      name: 'valid-workflow-failed',
      type: 'workflow.failed',
      id: 'msg_fy1nyG8kbz8hmSn7vMQBPqQThIu',
      headers: { 'webhook-id': 'msg_fy1nyG8kbz8hmSn7vMQBPqQThIu' },
      body: '{"type":"workflow.failed","namespace":"listings","id":"listing-1043","request_id":"req_01JGFJ8X2M3N4P5R","metadata":{}}',
    },
  ],
  ...standard('webhook', Webhook),
});
