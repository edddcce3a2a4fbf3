// packages: @shopify/shopify-api@13.1.0
import { suite, hmac } from '../lib/cases.mjs';
import '@shopify/shopify-api/adapters/node';
import { shopifyApi } from '@shopify/shopify-api';

const secret = 'hush5f0c7a1e9d3b4c2a8e6f1d0b';
const header = 'x-shopify-hmac-sha256';
const app = (apiSecretKey) => shopifyApi({ apiKey: 'key', apiSecretKey, apiVersion: '2025-10', hostName: 'hooks.example.com', isEmbeddedApp: true, logger: { log: () => {} } });
const headers = (topic, id) => ({
  'x-shopify-topic': topic,
  'x-shopify-shop-domain': 'my-shop.myshopify.com',
  'x-shopify-api-version': '2025-10',
  'x-shopify-webhook-id': id,
  'x-shopify-event-id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
  'x-shopify-triggered-at': '2026-01-01T00:00:00Z',
});
const of = (name, topic, id, body) => ({ name, type: topic, id, headers: headers(topic, id), body });

await suite({
  provider: 'shopify',
  by: '@shopify/shopify-api@13.1.0 webhooks.validate',
  config: { secrets: [secret] },
  bodies: [
    of('valid', 'orders/create', 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043', '{"id":820982911946154500,"admin_graphql_api_id":"gid://shopify/Order/820982911946154500","email":"jon@example.com","created_at":"2026-01-01T00:00:00-05:00","total_price":"403.00","currency":"USD"}'),
    of('valid-product', 'products/update', '7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17', '{"id":788032119674292922,"title":"Example T-Shirt","vendor":"Acme","status":"active","variants":[{"id":642667041472713922,"price":"19.99"}]}'),
    of('valid-uninstalled', 'app/uninstalled', '5a0e6c2b-44f9-4f6d-8c2d-1e7b9a3d4c60', '{"id":548380009,"name":"My Shop","myshopify_domain":"my-shop.myshopify.com","plan_name":"basic"}'),
    of('valid-redact', 'customers/redact', '5a0e6c2b-44f9-4f6d-8c2d-1e7b9a3d4c61', '{"shop_id":954889,"shop_domain":"my-shop.myshopify.com","customer":{"id":191167,"email":"jon@example.com"},"orders_to_redact":[299938]}'),
  ],
  sign: (request, secret) => void (request.headers[header] = hmac('sha256', secret, request.body, 'base64')),
  accepts: async (request, secret) => (await app(secret).webhooks.validate({ rawBody: request.text, rawRequest: request })).valid,
  forge: {
    'hex-instead-of-base64': (request) => void (request.headers[header] = hmac('sha256', secret, request.body)),
    'sha1': (request) => void (request.headers[header] = hmac('sha1', secret, request.body, 'base64')),
  },
});
