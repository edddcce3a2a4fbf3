// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'callrail',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'call',
      body: '{"answered":true,"business_phone_number":"","callercity":"Denver","callercountry":"US","callername":"JON DOE","callernum":"+13035551234","callsource":"google_adwords","company_id":"COM8154748ae6bd4e278a7cddd38a662f4f","resource_id":"CAL8154748ae6bd4e278a7cddd38a662f4f","datetime":"2026-01-01T00:00:00.000-07:00","start_time":"2026-01-01T00:00:00.000-07:00","duration":"4","tracking_phone_number":"+13035551235"}',
    },
  ],
  sign(request, secret) {
    request.headers['signature'] = hmac('sha1', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['signature'], hmac('sha1', secret, request.text, 'base64'));
  },
});
