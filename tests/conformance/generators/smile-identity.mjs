// packages: smile-identity-core@3.2.1
import { suite, put } from '../lib/cases.mjs';
import core from 'smile-identity-core';

await suite({
  provider: 'smile-identity',
  by: 'smile-identity-core@3.2.1 Signature.confirm_signature',
  config: { secrets: ['f47ac10b-58cc-4372-a567-0e02b2c3d479'], partner_id: '2343' },
  bodies: [
    {
      name: 'valid',
      type: 'job.completed',
      body: '{"Actions":{"Verify_ID_Number":"Verified","Return_Personal_Info":"Returned"},"Country":"NG","FullName":"Joe Leo Doe","IDNumber":"00000000000","IDType":"BVN","PartnerParams":{"job_id":"job-1767225600","job_type":5,"user_id":"user-1"},"ResultCode":"1012","ResultText":"ID Number Validated","SmileJobID":"0000000633","Source":"WebAPI","signature":"","timestamp":"2026-01-01T00:00:00.000Z"}',
    },
  ],
  sign(request, secret, now, config) {
    const timestamp = new Date(now * 1000).toISOString();
    put(request, { json: '/timestamp' }, timestamp);
    put(request, { json: '/signature' }, new core.Signature(config.partner_id, secret).generate_signature(timestamp).signature);
  },
  accepts(request, secret, now, config) {
    const { timestamp, signature } = request.json;
    return new core.Signature(config.partner_id, secret).confirm_signature(timestamp, signature);
  },
  signature: { json: '/signature' },
  covers: [], // the result is not signed
  // The package looks at no clock.
  lenient: ['stale-timestamp', 'future-timestamp'],
  timestamped: { tolerance_s: 300 },
  forge: {
    'tampered-timestamp': (request) => put(request, { json: '/timestamp' }, '2026-01-01T00:00:01.000Z'),
  },
});
