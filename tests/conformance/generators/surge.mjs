// packages: @surgeapi/node@0.30.0
import { suite, hmac, put } from '../lib/cases.mjs';
import Surge from '@surgeapi/node';

const client = new Surge({ apiKey: 'key' });

await suite({
  provider: 'surge',
  by: '@surgeapi/node@0.30.0 Webhooks.unwrap',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.received',
      id: 'evt_01jjnn7s0zfx5tdcsxjfy93et3',
      headers: { 'webhook-id': 'evt_01jjnn7s0zfx5tdcsxjfy93et3' },
      body: '{"account_id":"acct_01j9a43avnfqzbjfch6pygv1td","type":"message.received","timestamp":"2026-01-01T00:00:00Z","data":{"id":"msg_01jjnn7s0zfx5tdcsxjfy93et2","body":"Hello","attachments":[],"conversation":{"id":"cnv_01j9e0dgmdfkj86c877ws0znae","contact":{"id":"ctc_01j9dy8mdzfn3r0e8x1tbdrdrf","phone_number":"+18015551234"}},"received_at":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-message-delivered',
      type: 'message.delivered',
      id: 'evt_01jjnn7s0zfx5tdcsxjfy93et5',
      headers: { 'webhook-id': 'evt_01jjnn7s0zfx5tdcsxjfy93et5' },
      body: '{"account_id":"acct_01j9a43avnfqzbjfch6pygv1td","type":"message.delivered","timestamp":"2026-01-01T00:00:05Z","data":{"id":"msg_01jjnn7s0zfx5tdcsxjfy93et4","body":"Thanks","delivered_at":"2026-01-01T00:00:05Z"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    client.webhooks.unwrap(request.text, { headers: request.headers, key: secret });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
