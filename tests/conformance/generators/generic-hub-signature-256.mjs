// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'generic-hub-signature-256',
  by: 'none: GitHub\'s scheme, HMAC of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'push',
      id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      headers: { 'x-github-event': 'push', 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' },
      body: '{"ref":"refs/heads/main","before":"95790bf891e76fee5e1747ab589903a6a1f80f22","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","repository":{"id":35129377,"name":"public-repo","full_name":"baxterthehacker/public-repo"},"pusher":{"name":"baxterthehacker","email":"baxter@example.com"},"commits":[]}',
    },
    {
      name: 'valid-order-created',
      type: 'order.created',
      id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10',
      body: '{"type":"order.created","event_id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","timestamp":"2026-01-01T00:00:00Z","data":{"order_id":"12345","total":"19.90"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-hub-signature-256'] = `sha256=${hmac('sha256', secret, request.body)}`),
  accepts: (request, secret) => same(request.headers['x-hub-signature-256'], `sha256=${hmac('sha256', secret, request.body)}`),
});
