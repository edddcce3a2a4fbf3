// packages: @lightsparkdev/lightspark-sdk@1.9.19
import { suite, hmac } from '../lib/cases.mjs';
import { verifyAndParseWebhook } from '@lightsparkdev/lightspark-sdk';

await suite({
  provider: 'lightspark',
  by: '@lightsparkdev/lightspark-sdk@1.9.19 verifyAndParseWebhook',
  config: { secrets: ['3gZ5oQQUASYmqQNuEk0KambNMVkOADDItIJjzUlAWjX'] },
  bodies: [
    {
      name: 'valid',
      type: 'PAYMENT_FINISHED',
      id: '1615c8be5aa44e429eba700db2ed8ca5',
      body: '{"event_type":"PAYMENT_FINISHED","event_id":"1615c8be5aa44e429eba700db2ed8ca5","timestamp":"2026-01-01T00:00:00.000Z","entity_id":"LightningPayment:0187e8c8-20d3-4a2c-0000-9b1c2d3e4f50"}',
    },
    {
      name: 'valid-node-status',
      type: 'NODE_STATUS',
      id: '1615c8be5aa44e429eba700db2ed8ca6',
      body: '{"event_type":"NODE_STATUS","event_id":"1615c8be5aa44e429eba700db2ed8ca6","timestamp":"2026-01-01T00:00:05.000Z","entity_id":"LightsparkNodeWithOSK:0187e8c8-20d3-4a2c-0000-9b1c2d3e4f51"}',
    },
  ],
  async sign(request, secret) {
    request.headers['lightspark-signature'] = hmac('sha256', secret, request.body);
  },
  async accepts(request, secret) {
    await verifyAndParseWebhook(request.body, request.headers['lightspark-signature'], secret);
    return true;
  },
});
