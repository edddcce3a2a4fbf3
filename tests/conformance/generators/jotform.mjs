// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { query: 'token' };
const form = (fields) =>
  `${Object.entries(fields).map(([name, value]) => `--f7a9\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--f7a9--\r\n`;
const submission = (name, id, answer) => ({
  name, type: 'submission', id,
  body: form({ formID: '260010123456789', submissionID: id, formTitle: 'Contact us', pretty: `Name:${answer}`, rawRequest: JSON.stringify({ q3_name: answer }) }),
});

await suite({
  provider: 'jotform',
  by: "none: nothing is signed; a token of one's own in the URL",
  config: { secrets: ['q7Wm2xK9vT4bN8sL'] },
  headers: { 'content-type': 'multipart/form-data; boundary=f7a9' },
  bodies: [submission('valid', '6100000000000000001', 'Jane Smith'), submission('valid-utf8', '6100000000000000002', 'Zoë Grün')],
  sign: (request, secret) => put(request, place, secret),
  accepts: (request, secret) => same(read(request, place), secret),
  signature: place,
  covers: [], // Nothing but the token is looked at.
  oddBodies: false,
});
