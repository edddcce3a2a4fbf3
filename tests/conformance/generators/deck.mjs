// packages: standardwebhooks@1.1.1
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'deck',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_7g5Bk5RIGyq2IRoS9eBPqSX4c8UL72Wc'] },
  bodies: [
    {
      name: 'valid',
      type: 'task_run.completed',
      id: 'evt_9f8e7d6c5b4a',
      headers: { 'webhook-id': 'evt_0nDmkOxjFe3VMrHNGkzGiwXwR8A' },
      body: '{"id":"evt_9f8e7d6c5b4a","type":"task_run.completed","created_at":"2026-01-01T00:00:00Z","data":{"id":"trun_a1b2c3d4e5f6","task_id":"task_0a1b2c3d4e5f","status":"completed","result":"success","output":{"invoices":[{"number":"INV-42","total":"19.90"}]}}}',
    },
    {
      name: 'valid-task-run-failed',
      type: 'task_run.failed',
      id: 'evt_9f8e7d6c5b4b',
      headers: { 'webhook-id': 'evt_T1FTXytidyhtuqnoMBGzwsWD75z' },
      body: '{"id":"evt_9f8e7d6c5b4b","type":"task_run.failed","created_at":"2026-01-01T00:00:05Z","data":{"id":"trun_a1b2c3d4e5f7","task_id":"task_0a1b2c3d4e5f","status":"failed","error":{"code":"credential_invalid"}}}',
    },
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'evt_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
