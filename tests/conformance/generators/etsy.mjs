// packages: standardwebhooks@1.1.1
import { put, suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'etsy',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_Kc8yF3vYlhFplJ3nmyCDGBKInavdOK15'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.paid',
      id: 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLz',
      headers: { 'webhook-id': 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLz', 'user-agent': 'Svix-Webhooks/1.0' },
      body: '{"event_type":"order.paid","resource_url":"https://api.etsy.com/v3/application/shops/12345678/receipts/3210987654","shop_id":"12345678"}',
    },
    {
      name: 'valid-order-shipped',
      type: 'order.shipped',
      id: 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLy',
      headers: { 'webhook-id': 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLy', 'user-agent': 'Svix-Webhooks/1.0' },
      body: '{"event_type":"order.shipped","resource_url":"https://api.etsy.com/v3/application/shops/12345678/receipts/3210987655","shop_id":"12345678"}',
    },
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
