// packages: standardwebhooks@1.1.1
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'videogen',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_aQocSEW9ta+TdqSNlYRBsgwm+NDI/F9X'] },
  bodies: [
    {
      name: 'valid',
      type: 'tool_execution.succeeded',
      id: 'msg_YHjdKYD8zBSX2lyKcwFeuvfC6Q8',
      headers: { 'webhook-id': 'msg_YHjdKYD8zBSX2lyKcwFeuvfC6Q8' },
      body: '{"event":"tool_execution.succeeded","toolExecutionId":"vg_exec_01jgfj8x2m","toolType":"PROMPT_TO_IMAGE","occurredAt":1767225600,"results":[{"storageFileId":"vg_file_01jgfj8x2n","type":"IMAGE","file":{"storageFileId":"vg_file_01jgfj8x2n","type":"IMAGE","scope":"GLOBAL","displayName":"A mountain at sunrise","downloadSource":{"status":"ready","url":"https://files.example.com/vg_file_01jgfj8x2n","expiresAt":1767229200}}}]}',
    },
    {
      name: 'valid-tool-execution-failed',
      type: 'tool_execution.failed',
      id: 'msg_iib10KlusoAYJ6uftlNPnOjqmYf',
      headers: { 'webhook-id': 'msg_iib10KlusoAYJ6uftlNPnOjqmYf' },
      body: '{"event":"tool_execution.failed","toolExecutionId":"vg_exec_01jgfj8x2p","toolType":"PROMPT_TO_VIDEO","occurredAt":1767225605,"error":{"message":"The prompt was refused."}}',
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
