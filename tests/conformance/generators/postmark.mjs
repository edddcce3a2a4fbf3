// packages:
import { suite, same } from '../lib/cases.mjs';

const basic = (text) => `Basic ${Buffer.from(text).toString('base64')}`;
const event = (RecordType, more) => JSON.stringify({ MessageID: '883953f4-6105-42a2-a16a-77a8eac79483', Tag: 'welcome-email', ServerID: 23, RecordType, MessageStream: 'outbound', ...more });

await suite({
  provider: 'postmark',
  by: 'none: documented scheme, HTTP Basic authentication',
  config: { username: 'postmark', password: 'k9Wm2xQ7vT4bN8sL' },
  otherConfig: { username: 'postmark', password: 'l0Xn3yR8wU5cO9tM' },
  bodies: [
    { name: 'valid', type: 'Delivery', body: event('Delivery', { Recipient: 'john@example.com', DeliveredAt: '2026-01-01T00:00:00Z' }) },
    { name: 'valid-bounce', type: 'Bounce', body: event('Bounce', { ID: 4323372036854775, Type: 'HardBounce', BouncedAt: '2026-01-01T00:00:05Z' }) },
    { name: 'valid-inbound', type: 'Inbound', body: '{"FromName":"Jöhn","MessageStream":"inbound","From":"john@example.com","FromFull":{"Email":"john@example.com","Name":"Jöhn","MailboxHash":""},"Subject":"Hi","MessageID":"73e6d360-66eb-11e1-8e72-a8904824019b","Date":"Thu, 1 Jan 2026 00:00:00 +0000","TextBody":"Hello"}' },
  ],
  sign(request, secret, now, { username, password }) {
    request.headers.authorization = basic(`${username}:${password}`);
  },
  accepts: (request, secret, now, { username, password }) => same(request.headers.authorization ?? '', basic(`${username}:${password}`)),
  signature: 'authorization',
  covers: [], // Nothing but the password is looked at.
  oddBodies: false,
  forge: {
    'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('Basic', 'Bearer')),
    'password-alone': (request) => void (request.headers.authorization = basic('k9Wm2xQ7vT4bN8sL')),
  },
});
