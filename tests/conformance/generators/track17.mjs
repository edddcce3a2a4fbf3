// packages:
import { suite, same } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

const digest = (request, secret) => createHash('sha256').update(`${request.text}/${secret}`).digest('hex');

await suite({
  provider: 'track17',
  by: 'none: documented scheme',
  config: { secrets: ['D1A2B3C4E5F60718293A4B5C6D7E8F90'] },
  bodies: [
    {
      name: 'valid',
      type: 'TRACKING_UPDATED',
      body: '{"event":"TRACKING_UPDATED","data":{"number":"RR123456789CN","carrier":3011,"param":null,"tag":"order-42","track_info":{"latest_status":{"status":"InTransit","sub_status":"InTransit_PickedUp"},"latest_event":{"time_iso":"2026-01-01T00:00:00Z","time_utc":"2026-01-01T00:00:00Z","description":"Picked up","location":"Shenzhen"}}}}',
    },
  ],
  sign(request, secret) {
    request.headers.sign = digest(request, secret);
  },
  accepts(request, secret) {
    return same(request.headers.sign, digest(request, secret));
  },
});
