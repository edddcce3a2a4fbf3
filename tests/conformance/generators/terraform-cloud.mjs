// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const run = 'run-FwnENkvDnrpyFC7M';
const notification = (trigger, at, run_id = run) => JSON.stringify({
  payload_version: 1, notification_configuration_id: 'nc-AeUQ2zfKZzW9TiGZ', run_id, run_message: 'Add five new queue workérs', workspace_name: 'my-workspace',
  notifications: [{ message: 'Run', trigger, run_status: 'applied', run_updated_at: at }],
});
const task = JSON.stringify({ payload_version: 1, stage: 'post_plan', access_token: '4QEuyyxug1f2rw', run_id: run, task_result_id: 'taskrs-2nH5dncYoXaMVQmJ' });
const names = ['x-tfe-notification-signature', 'x-tfc-task-signature'];

await suite({
  provider: 'terraform-cloud',
  by: 'none: documented scheme, hex of HMAC-SHA512 of the body',
  config: { secrets: ['b5c1f0e2d3a49687-notification-token'] },
  bodies: [
    { name: 'valid', type: 'run:completed', id: `${run}:run:completed:2026-01-01T00:05:00.000Z`, body: notification('run:completed', '2026-01-01T00:05:00.000Z') },
    { name: 'valid-run-task', type: 'run_task.post_plan', id: 'taskrs-2nH5dncYoXaMVQmJ', headers: { 'user-agent': 'TFC/1.0 (+https://app.terraform.io; TFC)' }, body: task },
    { name: 'valid-verification', type: 'verification', body: notification('verification', null, null) },
  ],
  sign(request, secret) {
    request.headers[request.json.stage ? names[1] : names[0]] = hmac('sha512', secret, request.body);
  },
  accepts: (request, secret) => names.some((name) => same(request.headers[name] ?? '', hmac('sha512', secret, request.body))),
});
