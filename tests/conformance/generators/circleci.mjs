// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

// Body, secret and signature as published.
const published = [
  ['hello world', 'secret', '734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a'],
  ['lalala', 'another-secret', 'daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00'],
  ['an-important-request-payload', 'hunter123', '9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa'],
];
const docs = (body, secret, signature, change = (text) => text) => ({
  body, headers: { 'content-type': 'text/plain', 'circleci-signature': `v1=${change(signature)}` },
  config: { secrets: [secret] },
});

await suite({
  provider: 'circleci',
  by: 'none: documented scheme, v1 is the HMAC-SHA256 of the body in hex; the test vectors are in the documentation',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'workflow-completed',
      id: '3888f21b-eaa7-38e3-8f3d-75a63bba8895',
      headers: { 'circleci-event-type': 'workflow-completed', 'user-agent': 'CircleCI-Webhook/1.0' },
      body: '{"id":"3888f21b-eaa7-38e3-8f3d-75a63bba8895","type":"workflow-completed","happened_at":"2026-01-01T00:00:00.124Z","webhook":{"id":"cf8c4fdd-0587-4da1-b4ca-4846e9640af9","name":"Sample Webhook"},"project":{"id":"84996744-a854-4f5e-aea3-04e2851dc1d2","name":"webhook-service","slug":"github/circleci/webhook-service"},"organization":{"id":"f22b6566-597d-46d5-ba74-99ef5bb3d85c","name":"circleci"},"workflow":{"id":"fda08377-fe7e-46b1-8992-3a7aaecac9c3","name":"build-test-deploy","created_at":"2025-12-31T23:58:00.616Z","stopped_at":"2026-01-01T00:00:00.058Z","url":"https://app.circleci.com/pipelines/github/circleci/webhook-service/130/workflows/fda08377","status":"success"}}',
    },
    {
      name: 'valid-job-completed',
      type: 'job-completed',
      id: '8bd71c28-4969-3677-8940-3a3a61c46891',
      headers: { 'circleci-event-type': 'job-completed', 'user-agent': 'CircleCI-Webhook/1.0' },
      body: '{"id":"8bd71c28-4969-3677-8940-3a3a61c46891","type":"job-completed","happened_at":"2026-01-01T00:00:05.279Z","webhook":{"id":"cf8c4fdd-0587-4da1-b4ca-4846e9640af9","name":"Sample Webhook"},"project":{"id":"84996744-a854-4f5e-aea3-04e2851dc1d2","name":"webhook-service","slug":"github/circleci/webhook-service"},"organization":{"id":"f22b6566-597d-46d5-ba74-99ef5bb3d85c","name":"circleci"},"job":{"status":"success","id":"8b91f9a8-7975-4e60-916c-f0152ccbd937","name":"test","started_at":"2025-12-31T23:59:00.612Z","stopped_at":"2026-01-01T00:00:05.214Z","number":136}}',
    },
  ],
  sign(request, secret) {
    request.headers['circleci-signature'] = `v1=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) => (request.headers['circleci-signature'] ?? '').split(',').some((part) => same(part, `v1=${hmac('sha256', secret, request.body)}`)),
  longBody: 1000,
  forge: {
    'another-version': (request) => void (request.headers['circleci-signature'] = request.headers['circleci-signature'].replace('v1', 'v2')),
  },
  extra: [
    ...published.map((vector, n) => ({ case: `docs-test-vector-${n + 1}`, expect: 'accept', ...docs(...vector) })),
    { case: 'docs-test-vector-changed', expect: 'reject', ...docs(...published[0], (text) => text.replace(/^7/, '8')) },
    {
      case: 'valid-beside-a-newer-version', expect: 'accept', type: 'ping', body: '{"type":"ping","id":"p1"}', id: 'p1',
      headers: { 'content-type': 'application/json', 'circleci-signature': `v2=00,v1=${hmac('sha256', 'hf-2Yk8mQz7Wc1Vb9Ns3Lp6', '{"type":"ping","id":"p1"}')}` },
    },
  ],
});
