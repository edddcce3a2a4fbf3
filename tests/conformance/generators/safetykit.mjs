// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
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
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
