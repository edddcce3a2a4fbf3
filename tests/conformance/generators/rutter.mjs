// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'rutter',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64 behind sha256=',
  config: { secrets: ['rutter_secret_5d0c1b7e-2f4a-4e6b-8c3d-9a1b2c3d4e5f'] },
  bodies: [
    { name: 'valid', type: 'ORDER.ORDER_UPDATED', id: '1f6e7d8c-9b0a-4c1d-8e2f-3a4b5c6d7e8f', body: '{"event_id":"1f6e7d8c-9b0a-4c1d-8e2f-3a4b5c6d7e8f","type":"ORDER","code":"ORDER_UPDATED","access_token":"production_access_token_0c1d2e3f","connection_id":"b5c6d7e8-f901-4a2b-8c3d-4e5f60718293","order":{"id":"7d8e9f01-2a3b-4c5d-8e6f-708192a3b4c5","platform_id":"820982911946154508","status":"complete","payment_status":"paid","total_price":199.65,"iso_currency_code":"USD","updated_at":"2026-01-01T00:00:00.000Z"}}' },
    { name: 'valid-connection', type: 'CONNECTION.INITIAL_UPDATE', id: '1f6e7d8c-9b0a-4c1d-8e2f-3a4b5c6d7e90', body: '{"event_id":"1f6e7d8c-9b0a-4c1d-8e2f-3a4b5c6d7e90","type":"CONNECTION","code":"INITIAL_UPDATE","access_token":"production_access_token_0c1d2e3f","connection_id":"b5c6d7e8-f901-4a2b-8c3d-4e5f60718293"}' },
  ],
  sign(request, secret) {
    request.headers['x-rutter-signature'] = `sha256=${hmac('sha256', secret, request.body, 'base64')}`;
  },
  accepts: (request, secret) => same(request.headers['x-rutter-signature'] ?? '', `sha256=${hmac('sha256', secret, request.body, 'base64')}`),
  forge: {
    'without-prefix': (request) => void (request.headers['x-rutter-signature'] = request.headers['x-rutter-signature'].slice(7)),
  },
});
