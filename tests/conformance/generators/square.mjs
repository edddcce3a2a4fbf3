// packages: square@46.0.0
import { suite, hmac } from '../lib/cases.mjs';
import { WebhooksHelper } from 'square';

const url = 'https://hooks.example.com/in/square';

await suite({
  provider: 'square',
  by: 'square@46.0.0 WebhooksHelper.verifySignature',
  config: { secrets: ['5taS6S8-XLqnzEbXdyRDkA'], url },
  url,
  bodies: [
    { name: 'valid', type: 'payment.updated', id: '6a8f5f28-54a1-4eb0-a98a-3111513fd4fc', body: '{"merchant_id":"6SSW7HV8K2ST5","type":"payment.updated","event_id":"6a8f5f28-54a1-4eb0-a98a-3111513fd4fc","created_at":"2026-01-01T00:00:00.964Z","data":{"type":"payment","id":"hYy9pRFVxpDsO1FB05SunFWUe9JZY","object":{"payment":{"amount_money":{"amount":100,"currency":"USD"},"created_at":"2026-01-01T00:00:00.821Z","id":"hYy9pRFVxpDsO1FB05SunFWUe9JZY","location_id":"S8GWD5R9QB376","order_id":"03O3USaPaAaFnI6kkwB1JxGgBsUZY","status":"COMPLETED","updated_at":"2026-01-01T00:00:00.821Z","version":0}}}}' },
    { name: 'valid-customer', type: 'customer.created', id: 'c15e4e9a-dcb6-4bd3-b0a4-5d0f9fb8a4f8', body: '{"merchant_id":"6SSW7HV8K2ST5","type":"customer.created","event_id":"c15e4e9a-dcb6-4bd3-b0a4-5d0f9fb8a4f8","created_at":"2026-01-01T00:00:05.5Z","data":{"type":"customer","id":"QPTXM8PQNX3Q726ZYHPMNP46XC","object":{"customer":{"given_name":"Ada","family_name":"Example","id":"QPTXM8PQNX3Q726ZYHPMNP46XC","version":0}}}}' },
  ],
  sign(request, secret) {
    request.headers['x-square-hmacsha256-signature'] = hmac('sha256', secret, request.url + request.text, 'base64');
  },
  accepts: (request, signatureKey) =>
    WebhooksHelper.verifySignature({
      requestBody: request.text,
      signatureHeader: request.headers['x-square-hmacsha256-signature'] ?? '',
      signatureKey,
      notificationUrl: request.url,
    }),
  covers: ['body', 'url'],
});
