// packages:
import { put, read, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'docker-hub',
  by: 'none: nothing is signed; a token in the URL',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'push',
      body: '{"callback_url":"https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/","push_data":{"pushed_at":1767225600,"pusher":"trustedbuilder","tag":"latest"},"repository":{"comment_count":0,"date_created":1417494799,"description":"","is_official":false,"is_private":true,"is_trusted":true,"name":"testhook","namespace":"svendowideit","owner":"svendowideit","repo_name":"svendowideit/testhook","repo_url":"https://registry.hub.docker.com/u/svendowideit/testhook/","star_count":0,"status":"Active"}}',
    },
    {
      name: 'valid-second',
      type: 'push',
      body: '{"callback_url":"https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/","push_data":{"pushed_at":1767225605,"pusher":"trustedbuilder","tag":"1.4.2"},"repository":{"comment_count":0,"date_created":1417494799,"description":"","is_official":false,"is_private":true,"is_trusted":true,"name":"testhook","namespace":"svendowideit","owner":"svendowideit","repo_name":"svendowideit/testhook","repo_url":"https://registry.hub.docker.com/u/svendowideit/testhook/","star_count":0,"status":"Active"}}',
    },
  ],
  sign(request, secret) {
    put(request, { query: 'token' }, secret);
  },
  accepts: (request, secret) => new URL(request.url).searchParams.getAll('token').length === 1 && same(read(request, { query: 'token' }), secret),
  signature: { query: 'token' },
  covers: [], // Nothing is signed.
  forge: {
    'token-twice': (request) => void (request.url += '&token=x'),
  },
});
