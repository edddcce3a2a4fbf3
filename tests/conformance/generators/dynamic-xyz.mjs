// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'dynamic-xyz',
  by: 'none: documented scheme',
  config: { secrets: ['dyn_9X8w7V6u5T4s3R2q1P0oN'] },
  bodies: [
    {
      name: 'valid',
      type: 'user.created',
      id: 'fdb1c2e5-6c0e-4fbd-8d0a-0a1b2c3d4e5f',
      body: '{"messageId":"b1cd0a6d-8e2b-4f9d-bf4b-5d7a8e9f1011","eventId":"fdb1c2e5-6c0e-4fbd-8d0a-0a1b2c3d4e5f","eventName":"user.created","timestamp":"2026-01-01T00:00:00.000Z","webhookId":"4de78bf6-1c1c-4b7e-9b1e-7f7a3f9d2c11","userId":"95b11417-f18f-457f-8804-68e361f9164f","environmentId":"d9372b3f-7e1e-4d2a-8a0e-9c1b2a3d4e5f","environmentName":"live","data":{"email":"jon@example.com"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-dynamic-signature-256'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-dynamic-signature-256'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
