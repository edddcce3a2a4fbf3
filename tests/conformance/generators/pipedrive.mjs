// packages:
import { suite, same } from '../lib/cases.mjs';

const basic = (text) => `Basic ${Buffer.from(text).toString('base64')}`;

await suite({
  provider: 'pipedrive',
  by: 'none: documented scheme, HTTP Basic authentication',
  config: { username: 'pipedrive', password: 'k9Wm2xQ7vT4bN8sL' },
  otherConfig: { username: 'pipedrive', password: 'l0Xn3yR8wU5cO9tM' },
  bodies: [
    { name: 'valid', type: 'change.deal', id: 'e1f2a3b4-c5d6-4e7f-8a9b-0c1d2e3f4a5b', body: '{"data":{"id":1,"title":"Acme deal","status":"won"},"previous":{"status":"open"},"meta":{"action":"change","entity":"deal","entity_id":"1","id":"e1f2a3b4-c5d6-4e7f-8a9b-0c1d2e3f4a5b","timestamp":"2026-01-01T00:00:00.000Z","version":"2.0"}}' },
    { name: 'valid-v1', type: 'updated.deal', body: '{"v":1,"event":"updated.deal","meta":{"v":1,"action":"updated","object":"deal","id":1,"company_id":5555555,"user_id":12345678,"timestamp":1767225600},"current":{"id":1,"status":"won"},"previous":{"id":1,"status":"open"}}' },
  ],
  sign(request, secret, now, { username, password }) {
    request.headers.authorization = basic(`${username}:${password}`);
  },
  accepts: (request, secret, now, { username, password }) => same(request.headers.authorization ?? '', basic(`${username}:${password}`)),
  signature: 'authorization',
  covers: [], // Nothing but the password is looked at.
  oddBodies: false,
  forge: { 'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('Basic', 'Bearer')) },
});
