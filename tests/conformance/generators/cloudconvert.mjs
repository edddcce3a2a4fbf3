// packages: cloudconvert@3.0.0
import { suite, hmac } from '../lib/cases.mjs';
import CloudConvert from 'cloudconvert';

const Client = CloudConvert.default ?? CloudConvert;
const client = new Client('key');

await suite({
  provider: 'cloudconvert',
  by: 'cloudconvert@3.0.0 webhooks.verify',
  config: { secrets: ['AvrDpQ1DlNpVXMIdFYwCQ0g3sSqPlKTN'] },
  bodies: [
    {
      name: 'valid',
      type: 'job.finished',
      body: '{"event":"job.finished","job":{"id":"ffc5ee5d-3cc4-45b6-a6d7-21b1ea9de54f","tag":"order-1","status":"finished","created_at":"2026-01-01T00:00:00+00:00","started_at":"2026-01-01T00:00:00+00:00","ended_at":"2026-01-01T00:00:05+00:00","tasks":[{"id":"22b3d686-126b-4fe2-8238-a9781cd023d9","name":"export-1","operation":"export/url","status":"finished","result":{"files":[{"filename":"output.pdf"}]}}]}}',
    },
    {
      name: 'valid-job-failed',
      type: 'job.failed',
      body: '{"event":"job.failed","job":{"id":"ffc5ee5d-3cc4-45b6-a6d7-21b1ea9de550","tag":null,"status":"error","created_at":"2026-01-01T00:00:00+00:00","ended_at":"2026-01-01T00:00:05+00:00","tasks":[]}}',
    },
  ],
  sign(request, secret) {
    request.headers['cloudconvert-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    return client.webhooks.verify(request.text, request.headers['cloudconvert-signature'], secret);
  },
});
