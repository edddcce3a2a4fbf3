// packages:
import { suite, same } from '../lib/cases.mjs';

const url = 'https://hooks.example.com/in/hugging-face';
const body = '{"event":{"action":"update","scope":"repo"},"repo":{"type":"model","name":"openai-community/gpt2"}}';

await suite({
  provider: 'hugging-face',
  by: 'none: documented scheme, the secret in a header',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'discussion.create',
      body: '{"event":{"action":"create","scope":"discussion"},"repo":{"type":"model","name":"openai-community/gpt2","id":"621ffdc036468d709f17434d","private":false,"url":{"web":"https://huggingface.co/openai-community/gpt2","api":"https://huggingface.co/api/models/openai-community/gpt2"},"owner":{"id":"628b753283ef59b5be89e937"}},"discussion":{"id":"6399f58518721fdd27fc9ca9","title":"Update co2 emissions","num":19,"status":"open","isPullRequest":true,"author":{"id":"61d2f90c3c2083e1c08af22d"}},"webhook":{"id":"6390e855e30d9209411de93b","version":3}}',
    },
    {
      name: 'valid-repo-content-update',
      type: 'repo.content.update',
      body: '{"event":{"action":"update","scope":"repo.content"},"repo":{"type":"dataset","name":"acme/reviews","id":"621ffdc036468d709f17434e","private":true,"headSha":"c379e821c9c95d613899e8c4343e4bfee2b0c600","owner":{"id":"628b753283ef59b5be89e937"}},"updatedRefs":[{"ref":"refs/heads/main","oldSha":"ce9a4674fa833a68d5a73ec355f0ea95eedd60b7","newSha":"575db8b7a51b6f85eb06eee540738584589f131c"}],"webhook":{"id":"6390e855e30d9209411de93b","version":3}}',
    },
  ],
  sign: (request, secret) => void (request.headers['x-webhook-secret'] = secret),
  accepts: (request, secret) => same(request.headers['x-webhook-secret'] ?? new URL(request.url).searchParams.get('secret'), secret),
  // A token covers nothing of what is sent.
  covers: [],
  longBody: 500,
  extra: [
    { case: 'valid-query', expect: 'accept', type: 'repo.update', body, url: `${url}?secret=5f1c2e8a3b1d4b0e9b550d6a2c9a7e10` },
    { case: 'wrong-query', expect: 'reject', body, url: `${url}?secret=6a1c2e8a3b1d4b0e9b550d6a2c9a7e11` },
  ],
});
