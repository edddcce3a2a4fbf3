// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'expo',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'build',
      body: '{"id":"147a3212-49fd-446f-b4e3-a6519acf264a","accountName":"acme","projectName":"example","buildDetailsPageUrl":"https://expo.dev/accounts/acme/projects/example/builds/147a3212-49fd-446f-b4e3-a6519acf264a","parentBuildId":"75ac0be7-0d90-46d5-80ec-9423fa0aaa6b","appId":"bc0a82de-65a5-4497-ad86-54ff1f53edf7","initiatingUserId":"d1041496-1a59-423a-8caf-479bb978203a","platform":"android","status":"finished","createdAt":"2026-01-01T00:00:00.000Z","completedAt":"2026-01-01T00:10:00.000Z"}',
    },
    {
      name: 'valid-submit',
      type: 'submit',
      body: '{"id":"0374430d-7776-44ad-be7d-8513629adc54","accountName":"acme","projectName":"example","submissionDetailsPageUrl":"https://expo.dev/accounts/acme/projects/example/builds/0374430d","appId":"23c0e405-d282-4399-b280-5689c3e1ea85","platform":"ios","status":"errored","completedAt":"2026-01-01T00:12:00.000Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['expo-signature'] = `sha1=${hmac('sha1', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['expo-signature'], `sha1=${hmac('sha1', secret, request.text)}`);
  },
});
