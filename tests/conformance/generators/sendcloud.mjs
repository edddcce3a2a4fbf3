// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'sendcloud',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['3f0e2c6d1a9b8f7e5d4c3b2a19087f6e'] },
  bodies: [
    { name: 'valid', type: 'parcel_status_changed', id: '1:11:1767225600000', body: '{"action":"parcel_status_changed","timestamp":1767225600000,"carrier_status_change_timestamp":1767225590000,"parcel":{"id":1,"name":"Ada Example","company_name":"","address":"Insulindelaan 115","city":"Eindhoven","postal_code":"5642CV","telephone":"+31612345678","email":"ada@example.com","date_created":"01-01-2026 00:00:00","tracking_number":"SCCWR6CKYDPI","weight":"2.000","label":{},"status":{"id":11,"message":"Delivered"},"order_number":"14193-n2","shipment":{"id":8,"name":"Unstamped letter"}}}' },
    { name: 'valid-integration', type: 'integration_updated', body: '{"action":"integration_updated","timestamp":1767225605000,"integration":{"id":42,"shop_name":"Example Shop","system":"api","webhook_active":true}}' },
  ],
  sign(request, secret) {
    request.headers['sendcloud-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['sendcloud-signature'] ?? '', hmac('sha256', secret, request.body)),
  extra: [
    {
      case: 'documented-example',
      expect: 'accept',
      verified_by: 'test vector in https://sendcloud.dev/api/v3/webhooks/index',
      config: { secrets: ['secretkey'], override: { secret: { bytes_min: 9 } } },
      headers: { 'content-type': 'application/json', 'sendcloud-signature': '1eed4b3d41f4653ac64fd56f1bf1cbfd349e4482cbc11dff7134bd93e5da4b0a' },
      body: '{"key": "value"}',
    },
  ],
});
