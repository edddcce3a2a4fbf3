// packages:
import { same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'deepgram',
  by: 'none: documented scheme, the identifier of the API key in dg-token',
  config: { secrets: ['5f0b2c1e-8a1d-4c3e-9b7f-2d6a4e8c0b15'] },
  bodies: [
    {
      name: 'valid',
      type: 'transcription',
      id: 'a847f427-4ad5-4d67-9b95-db801e58251c',
      body: '{"metadata":{"transaction_key":"deprecated","request_id":"a847f427-4ad5-4d67-9b95-db801e58251c","sha256":"154e291ecfa8be6ab8343560bcc109008fa7853eb5372533e8efdefc9b504c33","created":"2026-01-01T00:00:00.417Z","duration":25.933313,"channels":1,"models":["30089e05-99d1-4376-b32e-c263170674af"],"model_info":{"30089e05-99d1-4376-b32e-c263170674af":{"name":"2-general-nova","version":"2024-01-09.29447","arch":"nova-2"}}},"results":{"channels":[{"alternatives":[{"transcript":"yep i said it before and i will say it again","confidence":0.99902344,"words":[]}]}]}}',
    },
    {
      name: 'valid-second',
      type: 'transcription',
      id: 'a847f427-4ad5-4d67-9b95-db801e58251d',
      body: '{"metadata":{"transaction_key":"deprecated","request_id":"a847f427-4ad5-4d67-9b95-db801e58251d","sha256":"154e291ecfa8be6ab8343560bcc109008fa7853eb5372533e8efdefc9b504c33","created":"2026-01-01T00:00:00.417Z","duration":25.933313,"channels":1,"models":["30089e05-99d1-4376-b32e-c263170674af"],"model_info":{"30089e05-99d1-4376-b32e-c263170674af":{"name":"2-general-nova","version":"2024-01-09.29447","arch":"nova-2"}}},"results":{"channels":[{"alternatives":[{"transcript":"life moves pretty fast","confidence":0.99902344,"words":[]}]}]}}',
    },
  ],
  sign(request, secret) {
    request.headers['dg-token'] = secret;
  },
  accepts: (request, secret) => same(request.headers['dg-token'], secret),
  covers: [], // Nothing is signed.
});
