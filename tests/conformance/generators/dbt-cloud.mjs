// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'dbt-cloud',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'job.run.started',
      id: 'wev_2L6Z3l8uPedXKPq9D2nWbPIip7Z',
      body: '{"accountId":1,"webhookId":"wsu_12345abcde","eventId":"wev_2L6Z3l8uPedXKPq9D2nWbPIip7Z","timestamp":"2026-01-01T00:00:00.123Z","eventType":"job.run.started","webhookName":"test","data":{"jobId":"123","jobName":"Daily Job","runId":"12345","environmentId":"1234","environmentName":"Production","dbtVersion":"1.9","projectName":"Snowflake","projectId":"167194","runStatus":"Running","runStatusCode":3,"runReason":"Kicked off from UI"}}',
    },
  ],
  sign(request, secret) {
    request.headers['authorization'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['authorization'], hmac('sha256', secret, request.text));
  },
});
