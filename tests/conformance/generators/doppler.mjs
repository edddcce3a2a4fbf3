// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'doppler',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'config.secrets.update',
      body: '{"type":"config.secrets.update","config":{"name":"prd","environment":"prd","project":"shop","root":true,"locked":false},"project":{"id":"shop","name":"shop","slug":"shop"},"workplace":{"id":"5a0e6c2b","name":"Acme"},"diff":{"added":[],"removed":[],"updated":["API_KEY"]}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-doppler-signature'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-doppler-signature'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
