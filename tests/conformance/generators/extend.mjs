// packages: extend-ai@1.17.0
import { suite, hmac } from '../lib/cases.mjs';
import { ExtendClient } from 'extend-ai';

const client = new ExtendClient({ token: 'token' });

await suite({
  provider: 'extend',
  by: 'extend-ai@1.17.0 Webhooks.verifyAndParse',
  config: { secrets: ['wss_9aX2kQ7mP4vR8tY1wZ5bN3cD6fG0hJ'] },
  bodies: [
    {
      name: 'valid',
      type: 'workflow_run.completed',
      id: 'evt_xK9mLPqRtN3vS8wF5hB2cQ',
      body: '{"eventId":"evt_xK9mLPqRtN3vS8wF5hB2cQ","eventType":"workflow_run.completed","payload":{"object":"workflow_run","id":"workflow_run_xKm9pNv3qWsY_jL2tR5Dh","status":"PROCESSED","workflow":{"id":"workflow_BMdfq_yWM3sT-ZzvCnA3f","name":"Invoices"},"files":[{"id":"file_Xj8mK2pL9nR4vT7qY5wZ","name":"invoice.pdf"}],"metadata":{"customer":"42"}}}',
    },
    {
      name: 'valid-extract-run-processed',
      type: 'extract_run.processed',
      id: 'evt_xK9mLPqRtN3vS8wF5hB2cR',
      body: '{"eventId":"evt_xK9mLPqRtN3vS8wF5hB2cR","eventType":"extract_run.processed","payload":{"object":"extract_run","id":"exr_Xj8mK2pL9nR4vT7qY5wZ","status":"PROCESSED","output":{"value":{"total":19.9}}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-extend-request-timestamp'] = String(now);
    request.headers['x-extend-request-signature'] = hmac('sha256', secret, `v0:${now}:${request.text}`);
  },
  accepts(request, secret) {
    client.webhooks.verifyAndParse(request.text, request.headers, secret);
    return true;
  },
  timestamped: { tolerance_s: 300 },
});
