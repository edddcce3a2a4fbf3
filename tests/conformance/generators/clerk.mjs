// packages: @clerk/backend@3.25.0
import { hmac, put, suite } from '../lib/cases.mjs';
import { verifyWebhook } from '@clerk/backend/webhooks';

await suite({
  provider: 'clerk',
  by: '@clerk/backend@3.25.0 verifyWebhook',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'user.created',
      id: 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEJ',
      headers: { 'svix-id': 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEJ' },
      body: '{"data":{"id":"user_29w83sxmDNGwOuEthce5gg56FcC","object":"user","first_name":"Ada","last_name":"Example","email_addresses":[{"id":"idn_29w83yL7CwVlJXylYLxcslromF1","object":"email_address","email_address":"example@example.org"}],"primary_email_address_id":"idn_29w83yL7CwVlJXylYLxcslromF1","created_at":1767225599000,"updated_at":1767225599000},"instance_id":"ins_2g7np7Hrk0SN6kj5EDMLDaKNL0S","object":"event","timestamp":1767225600000,"type":"user.created"}',
    },
    {
      name: 'valid-session-ended',
      type: 'session.ended',
      id: 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEK',
      headers: { 'svix-id': 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEK' },
      body: '{"data":{"id":"sess_2E2j6c5xGnAqWQz2x7oAhVu7zPb","object":"session","user_id":"user_29w83sxmDNGwOuEthce5gg56FcC","client_id":"client_2E2j6c4yVq1","status":"ended","last_active_at":1767225599000,"expire_at":1767830400000,"abandon_at":1769817600000},"instance_id":"ins_2g7np7Hrk0SN6kj5EDMLDaKNL0S","object":"event","timestamp":1767225600000,"type":"session.ended"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  async accepts(request, signingSecret) {
    const { url, method, headers, body } = request;
    await verifyWebhook(new Request(url, { method, headers, body }), { signingSecret });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
    'another-version': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
});
