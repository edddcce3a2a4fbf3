// packages: @scalekit-sdk/node@2.11.0
import { suite, hmac, put } from '../lib/cases.mjs';
import scalekit from '@scalekit-sdk/node';

const { ScalekitClient } = scalekit;
const client = new ScalekitClient('https://example.scalekit.dev', 'skc_1', 'test_1');

await suite({
  provider: 'scalekit',
  by: '@scalekit-sdk/node@2.11.0 ScalekitClient.verifyWebhookPayload',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'organization.directory.user_created',
      id: 'evt_38862741515010639',
      headers: { 'webhook-id': 'evt_38862741515010639' },
      body: '{"spec_version":"1","id":"evt_38862741515010639","object":"DirectoryUser","environment_id":"env_32080745237316098","occurred_at":"2026-01-01T00:00:00.386698356Z","organization_id":"org_38609339635728478","type":"organization.directory.user_created","data":{"id":"diruser_38862741498233423","organization_id":"org_38609339635728478","email":"amit@example.com","given_name":"Amit","family_name":"Rao","active":true,"groups":[]}}',
    },
    {
      name: 'valid-organization-created',
      type: 'organization.created',
      id: 'evt_38862741515010640',
      headers: { 'webhook-id': 'evt_38862741515010640' },
      body: '{"spec_version":"1","id":"evt_38862741515010640","object":"Organization","environment_id":"env_32080745237316098","occurred_at":"2026-01-01T00:00:05Z","organization_id":"org_38609339635728479","type":"organization.created","data":{"id":"org_38609339635728479","display_name":"Acme","external_id":"acme"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    return client.verifyWebhookPayload(secret, request.headers, request.text);
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
  longBody: 3000,
});
