// packages: @easypost/api@8.9.0
import { hmac, suite } from '../lib/cases.mjs';
import EasyPost from '@easypost/api';

const { Utils } = new EasyPost('none');

await suite({
  provider: 'easypost',
  by: '@easypost/api@8.9.0 Utils.validateWebhook',
  config: { secrets: ['sécret-ﬁsh-2Yk8mQz7Wc1Vb9'] },
  bodies: [
    {
      name: 'valid',
      type: 'tracker.updated',
      id: 'evt_d5a9d0a4e8d211ee8b5f3cecef1b359e',
      headers: { 'user-agent': 'EasyPost Webhook' },
      body: '{"id":"evt_d5a9d0a4e8d211ee8b5f3cecef1b359e","object":"Event","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","description":"tracker.updated","mode":"test","previous_attributes":{"status":"in_transit"},"pending_urls":["https://hooks.example.com/in/easypost"],"completed_urls":[],"user_id":"user_4a7fb3b2f9b34b0a8f7b1c5d","status":"pending","result":{"id":"trk_3f2b9c1e8d7a4f60","object":"Tracker","tracking_code":"EZ4000000004","status":"delivered","carrier":"USPS","updated_at":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-batch-created',
      type: 'batch.created',
      id: 'evt_d5a9d0a4e8d211ee8b5f3cecef1b359f',
      headers: { 'user-agent': 'EasyPost Webhook' },
      body: '{"id":"evt_d5a9d0a4e8d211ee8b5f3cecef1b359f","object":"Event","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","description":"batch.created","mode":"test","previous_attributes":{},"pending_urls":["https://hooks.example.com/in/easypost"],"completed_urls":[],"user_id":"user_4a7fb3b2f9b34b0a8f7b1c5d","status":"pending","result":{"id":"batch_123f2b9c1e8d","object":"Batch","mode":"test","num_shipments":2,"state":"created","created_at":"2026-01-01T00:00:00Z"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-hmac-signature'] = `hmac-sha256-hex=${hmac('sha256', secret.normalize('NFKD'), request.body)}`;
  },
  accepts: (request, secret) => Boolean(Utils.validateWebhook(request.body, request.headers, secret)),
});
