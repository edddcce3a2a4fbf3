// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'sohar-health',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_74xTdQs+gyZ7yzkGFig42jdM2u6i6Z+p'] },
  bodies: [
    {
      name: 'valid',
      type: 'verification.updated',
      id: 'msg_DlBZszvz1k9Kjs37fRxwBR4IG4O',
      headers: { 'svix-id': 'msg_DlBZszvz1k9Kjs37fRxwBR4IG4O' },
      body: '{"event":"verification.updated","verificationId":"990cdad8-1438-4bbd-8b55-120b56e87540","id":"123456","status":"complete.eligible"}',
    },
    {
      name: 'valid-flow-updated',
      type: 'flow.updated',
      id: 'msg_uOhBDoe2PYk4plrU3SCWtAeAvLD',
      headers: { 'svix-id': 'msg_uOhBDoe2PYk4plrU3SCWtAeAvLD' },
      body: '{"event":"flow.updated","flowRunId":"990cdad8-1438-4bbd-8b55-120b56e87541","status":"COMPLETE","stateId":"create-verification"}',
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
