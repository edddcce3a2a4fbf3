// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'supertab',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_tji1xb0mffzbCBSlGfDwYZ2fp4sB33AL'] },
  bodies: [
    {
      name: 'valid',
      type: 'purchase.completed.v2025-04-01',
      id: 'msg_2koPhnxkwA2Y9RBTZF7AFm8XIPE',
      headers: { 'svix-id': 'msg_2koPhnxkwA2Y9RBTZF7AFm8XIPE' },
      body: '{"type":"purchase.completed.v2025-04-01","data":{"id":"purchase.4df706b5-297a-49c5-a4cd-2a10eca12ff9","site_id":"site.2f1e0d9c-8b7a-4c6d-9e5f-0a1b2c3d4e5f","description":"Day pass","price":{"amount":100,"currency":{"code":"USD","base_unit":100}},"status":"completed","metadata":{"content_key":"post-42"},"purchased_at":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-onetime-offering-purchasing-completed-v2025-04-01',
      type: 'onetime_offering.purchasing_completed.v2025-04-01',
      id: 'msg_tKYJ3oT8GecuKp4MF38IJrKg2sf',
      headers: { 'svix-id': 'msg_tKYJ3oT8GecuKp4MF38IJrKg2sf' },
      body: '{"type":"onetime_offering.purchasing_completed.v2025-04-01","data":{"id":"onetime_offering.9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d","description":"Single article","price":{"amount":50,"currency":{"code":"USD","base_unit":100}},"metadata":{"post_id":"42"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
