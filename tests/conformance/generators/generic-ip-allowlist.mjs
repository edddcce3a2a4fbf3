// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

const token = { query: 'token' };

await suite({
  provider: 'generic-ip-allowlist',
  by: 'none: a token in the URL',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.created',
      id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10',
      body: '{"type":"order.created","event_id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","timestamp":"2026-01-01T00:00:00Z","data":{"order_id":"12345","total":"19.90"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => put(request, token, secret),
  accepts: (request, secret) => same(read(request, token), secret),
  signature: token,
  // A token covers nothing of what is sent.
  covers: [],
});
