// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'formstack',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'submission',
      id: '735129458',
      body: '{"FormID":"4013921","UniqueID":"735129458","name":{"value":{"first":"Jane","last":"Doe"},"field_type":"name","label":"Name"},"email":{"value":"jane@example.com","field_type":"email","label":"E-mail"},"message":{"value":"Please call me back.","field_type":"textarea","label":"Message"},"rating":{"value":"5","field_type":"rating","label":"How did we do?"}}',
    },
    {
      name: 'valid-form',
      type: 'submission',
      id: '735129459',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'FormID=4013921&UniqueID=735129459&name=first+%3D+Jane%0Alast+%3D+Doe&email=jane%40example.com&message=Please+call+me+back.',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-fs-signature'] = `sha256=${hmac('sha256', secret, request.body)}`),
  accepts: (request, secret) => same(request.headers['x-fs-signature'], `sha256=${hmac('sha256', secret, request.body)}`),
});
