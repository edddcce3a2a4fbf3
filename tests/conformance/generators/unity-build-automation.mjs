// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'unity-build-automation',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'ProjectBuildSuccess',
      headers: { 'x-unitycloudbuild-event': 'ProjectBuildSuccess' },
      body: '{"projectName":"My Project","buildTargetName":"Mac desktop 32-bit build","projectGuid":"0895432b-43a2-4fd3-85f0-822d8fb607ba","orgForeignKey":"13260","buildNumber":14,"buildStatus":"success","lastBuiltRevision":"da15608","startedBy":"Build User","platform":"standaloneosxintel","buildTarget":"mac-desktop-32"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-unitycloudbuild-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-unitycloudbuild-signature'], hmac('sha256', secret, request.text));
  },
});
