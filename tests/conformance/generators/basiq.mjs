// packages: standardwebhooks@1.1.1
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'basiq',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'transactions.updated',
      id: 'd0d3dd2e-5b1c-4a5e-9c3b-0f6a1f8d2c11',
      headers: { 'webhook-id': 'wh_d0d3dd2e' },
      body: '{"eventId":"d0d3dd2e-5b1c-4a5e-9c3b-0f6a1f8d2c11","eventTypeId":"transactions.updated","entityId":"8ce43854-8f3b-4f0a-a7a5-5a2a7f8b2f10","links":{"eventEntity":"https://au-api.basiq.io/users/8ce43854-8f3b-4f0a-a7a5-5a2a7f8b2f10/transactions","user":"https://au-api.basiq.io/users/8ce43854-8f3b-4f0a-a7a5-5a2a7f8b2f10"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
