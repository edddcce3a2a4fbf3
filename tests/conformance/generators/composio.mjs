// packages: @composio/core@0.17.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Composio } from '@composio/core';

console.log = console.info = console.error; // standard output is for the cases
const client = new Composio({ apiKey: 'key', allowTracking: false });

await suite({
  provider: 'composio',
  by: '@composio/core@0.17.0 Triggers.verifyWebhook',
  config: { secrets: ['4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c3b'] },
  bodies: [
    {
      name: 'valid',
      type: 'GITHUB_COMMIT_EVENT',
      id: 'msg_a1b2c3d4-e5f6-4789-8abc-def012345678',
      headers: { 'webhook-id': 'msg_a1b2c3d4-e5f6-4789-8abc-def012345678', 'x-composio-webhook-version': 'V3' },
      body: '{"id":"msg_a1b2c3d4-e5f6-4789-8abc-def012345678","timestamp":"2026-01-01T00:00:00.000Z","type":"composio.trigger.message","metadata":{"log_id":"log_TpxVOLXYnwXZ","trigger_slug":"GITHUB_COMMIT_EVENT","trigger_id":"ti_JZFoTyYKbzhB","connected_account_id":"ca_ruqVqRkBNnhx","auth_config_id":"ac_DpDUSoX2Xf4x","user_id":"user-1"},"data":{"author":"octocat","id":"da15608","message":"Fix the tests"}}',
    },
    {
      name: 'valid-composio-connected-account-expired',
      type: 'composio.connected_account.expired',
      id: 'msg_847cdfcd-d219-4f18-a6dd-91acd42ca94a',
      headers: { 'webhook-id': 'msg_847cdfcd-d219-4f18-a6dd-91acd42ca94a', 'x-composio-webhook-version': 'V3' },
      body: '{"id":"msg_847cdfcd-d219-4f18-a6dd-91acd42ca94a","timestamp":"2026-01-01T00:00:05.000Z","type":"composio.connected_account.expired","metadata":{"project_id":"pr_your-project-id","org_id":"ok_your-org-id"},"data":{"id":"ca_ruqVqRkBNnhx","status":"EXPIRED","toolkit":{"slug":"gmail"}}}',
    },
  ],
  async sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', secret, `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  async accepts(request, secret) {
    await client.triggers.verifyWebhook({
      payload: request.text,
      signature: request.headers['webhook-signature'],
      secret,
      id: request.headers['webhook-id'],
      timestamp: request.headers['webhook-timestamp'],
    });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
  longBody: 2500,
});
