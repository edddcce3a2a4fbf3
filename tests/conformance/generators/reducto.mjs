// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
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
