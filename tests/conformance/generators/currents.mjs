// packages:
import { same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'currents',
  by: 'none: documented scheme, a custom header',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'RUN_FINISH',
      headers: { 'x-timestamp': '1767225600417' },
      body: '{"event":"RUN_FINISH","runUrl":"https://app.currents.dev/run/950a13c3edf4f28b6e8ce301a404b4aa","buildId":"demo-build-cdx3314","commit":{"authorEmail":"john@example.com","authorName":"John Doe","branch":"feature-A","message":"feat: change button color","remoteOrigin":"https://github.com/org/repo.git","sha":"5a7edc9a156e417068060d67109021351fc7d9b8"},"failures":0,"flaky":0,"overall":1,"passes":1,"pending":0,"retries":0,"skipped":0}',
    },
    {
      name: 'valid-run-start',
      type: 'RUN_START',
      headers: { 'x-timestamp': '1767225600417' },
      body: '{"event":"RUN_START","runUrl":"https://app.currents.dev/run/950a13c3edf4f28b6e8ce301a404b4aa","buildId":"demo-build-cdx3314","commit":{"authorEmail":"john@example.com","authorName":"John Doe","branch":"feature-A","message":"feat: change button color","remoteOrigin":"https://github.com/org/repo.git","sha":"5a7edc9a156e417068060d67109021351fc7d9b8"},"failures":0,"flaky":0,"overall":1,"passes":1,"pending":0,"retries":0,"skipped":0}',
    },
  ],
  sign(request, secret) {
    request.headers['x-webhook-secret'] = secret;
  },
  accepts: (request, secret) => same(request.headers['x-webhook-secret'], secret),
  covers: [], // Nothing is signed.
});
