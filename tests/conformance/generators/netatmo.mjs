// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'netatmo',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'NACamera-movement',
      body: '{"user_id":"5c810xxxxxxx45f4","snapshot_id":"5d19bae867368a59e81cca89","event_type":"movement","camera_id":"70:ee:50:xx:xx:xx","device_id":"70:ee:50:xx:xx:xx","home_id":"5c5dxxxxxxxd594","home_name":"Home","event_id":"5d19baae36915xxxxxx4a2a0","message":"Motion detected","push_type":"NACamera-movement"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-netatmo-secret'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-netatmo-secret'], hmac('sha256', secret, request.text));
  },
});
