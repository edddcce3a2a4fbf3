// packages:
import { suite, same } from '../lib/cases.mjs';

const basic = (secret) => `Basic ${Buffer.from(secret).toString('base64')}`;
const event = (kind, id) => ({ event: kind, time: 1767225600, MessageID: id, email: 'jane@example.com', CustomID: 'größe', Payload: '' });

await suite({
  provider: 'mailjet',
  by: 'none: documented scheme, Basic authentication from the URL',
  config: { secrets: ['mailjet:7hTq2vXf4b9kLzRt'] },
  bodies: [
    { name: 'valid', type: 'open', body: JSON.stringify(event('open', 19421777396190490)) },
    { name: 'valid-group', type: 'open', body: JSON.stringify([event('open', 1), event('sent', 2)]) },
  ],
  sign(request, secret) {
    request.headers.authorization = basic(secret);
  },
  accepts: (request, secret) => same(request.headers.authorization, basic(secret)),
  covers: [], // The body is not looked at.
  longBody: 1000,
  forge: {
    'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('Basic', 'Bearer')),
  },
});
