// packages: standardwebhooks@1.1.1
import { hmac, put, suite } from '../lib/cases.mjs';
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
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
