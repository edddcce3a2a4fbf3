// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'scrapeless',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'task.completed',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pi',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pi' },
      body: '{"type":"task.completed","data":{"taskId":"8f2b0c1e-3a47-4a62-9a10-2f6b5d3c7e81","actor":"scraper.google.search","state":"success","url":"https://api.scrapeless.com/api/v1/scraper/result/8f2b0c1e"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
});
