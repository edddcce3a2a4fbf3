// packages:
import { suite, same } from '../lib/cases.mjs';

await suite({
  provider: 'fillout',
  by: 'none: a token in a header of your own',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'form_submission',
      body: '{"formId":"vso75kXwmhus","formName":"Contact us","submission":{"submissionId":"abc1a5f0-6f5d-4d8f-8a3e-2b9c0d1e2f3a","submissionTime":"2026-01-01T00:00:00.000Z","lastUpdatedAt":"2026-01-01T00:00:00.000Z","questions":[{"id":"5AtgG35AAZVcrSVfRubvp1","name":"What is your name?","type":"ShortAnswer","value":"John Smith"},{"id":"8MLFbKqTwNtx1p9hZ4Gq2w","name":"Your e-mail","type":"EmailInput","value":"john@example.com"}],"calculations":[],"urlParameters":[{"id":"utm_source","name":"utm_source","value":"news"}]}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-webhook-token'] = secret),
  accepts: (request, secret) => same(request.headers['x-webhook-token'], secret),
  // A token covers nothing of what is sent.
  covers: [],
});
