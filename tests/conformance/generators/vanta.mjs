// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'vanta',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_nbXQecgoRlMoFL3ZxAD6UPfS1NOPjOhJ'] },
  bodies: [
    {
      name: 'valid',
      type: 'vendor.created',
      id: 'msg_ayYTOVmGEFaNo099qg3DPQ0tKHs',
      headers: { 'svix-id': 'msg_ayYTOVmGEFaNo099qg3DPQ0tKHs' },
      body: '{"type":"vendor.created","timestamp":"2026-01-01T00:00:00.000Z","data":{"id":"65e1efde08e8478f143a8ff9","name":"Example Hosting","websiteUrl":"https://hosting.example.com","category":"cloudProvider","inherentRiskLevel":"MEDIUM","status":"MANAGED"}}',
    },
    {
      name: 'valid-trust-center-access-request-created',
      type: 'trust_center.access_request.created',
      id: 'msg_uKeVy3uATLbIAn6pT9xNoKXUVI2',
      headers: { 'svix-id': 'msg_uKeVy3uATLbIAn6pT9xNoKXUVI2' },
      body: '{"type":"trust_center.access_request.created","timestamp":"2026-01-01T00:00:05.000Z","data":{"id":"65e1efde08e8478f143a8ffa","email":"buyer@example.com","name":"Ada Example","companyName":"Example Ltd","reason":"Vendor review"}}',
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
