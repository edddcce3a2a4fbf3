// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'fivetran',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'sync_end',
      body: '{"event":"sync_end","created":"2026-01-01T00:00:00.386Z","connector_type":"google_sheets","connector_id":"mystified_presiding","connector_name":"google_sheets.orders","sync_id":"79c2f8b8-5d9a-4c0a-8f0f-b7b5c3e7a111","destination_group_id":"decent_dropsy","data":{"status":"SUCCESSFUL"}}',
    },
    {
      name: 'valid-sync-start',
      type: 'sync_start',
      body: '{"event":"sync_start","created":"2026-01-01T00:00:00.000Z","connector_type":"google_sheets","connector_id":"mystified_presiding","connector_name":"google_sheets.orders","sync_id":"79c2f8b8-5d9a-4c0a-8f0f-b7b5c3e7a111","destination_group_id":"decent_dropsy"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-fivetran-signature-256'] = hmac('sha256', secret, request.text).toUpperCase();
  },
  accepts(request, secret) {
    return same(request.headers['x-fivetran-signature-256'], hmac('sha256', secret, request.text).toUpperCase());
  },
});
