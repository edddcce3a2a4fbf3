// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'reducto',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'job.completed',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qe',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qe' },
      body: '{"status":"Completed","job_id":"7c8d9e0f-1a2b-4c3d-8e4f-5a6b7c8d9e0f","metadata":{"user":"42"}}',
    },
    {
      name: 'valid-job-failed',
      type: 'job.failed',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qf',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qf' },
      body: '{"status":"Failed","job_id":"7c8d9e0f-1a2b-4c3d-8e4f-5a6b7c8d9e10","metadata":{}}',
    },
  ],
  ...standard('svix', Webhook),
});
