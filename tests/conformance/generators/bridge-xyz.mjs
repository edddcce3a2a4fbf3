// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const event = (id, status) => ({
  type: 'transfer.updated.status_transitioned',
  id,
  body: JSON.stringify({
    api_version: 'v0', event_id: id, event_category: 'transfer', event_type: 'transfer.updated.status_transitioned',
    event_object_id: 'fecffc8b-ed5e-48ae-bd24-b36268330b32', event_object_status: status,
    event_object: { id: 'fecffc8b-ed5e-48ae-bd24-b36268330b32', amount: '1970.0', currency: 'usd' }, event_created_at: '2026-01-01T00:00:00.000Z',
  }),
});
const digest = (time, body) => crypto.createHash('sha256').update(`${time}.`).update(body).digest();

// From Bridge's documentation.
const published = {
  key: `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtqsEE4eI7EmzhcquGJXt
LX9PMK0UH6Kl1WIR21sv8HtueG8BuvvpP3MiN7ltzmIhS8KaynCjN4l+620PnXeu
xWG+CSnEdkinL9hCqbEid5vv9zl0j9LWiJx3FkKHqADU7cgm46aa8dKUdIQYF2X+
O7WmyLkC4wUM/mWhBPMsIQBznashRMZxx7XJjsVp27ACUE4eNIjEXbVYN6U8jSbU
hG++CfL8xXu+GHDqKmFE6Po6HnuURvLFVnCtE3mXXBcVFlPy+octfx8nOMLT3X8O
9UehIigJ34o2yMm/Fq3HUJzg2BsiAiGgtr0vmeoV9Q7upSNj9TuOumAzZFi4pYA+
qwIDAQAB
-----END PUBLIC KEY-----`,
  header: 't=1705854411204,v0=jz/0dmHJ63FAzacGutrDTEoq+iSz/PHm/ugdooXDQu5NwuVIT2LmZGjsnCsBHgR9Py6OBP9zurzW4dHgygU4EDqmMPTUOvhvndYb4lWt+TY66LihaFI2whL6DAf/jb1QjYjNU0A6x9SLzC45dgE6X7zTDUM+2Z+scG/WEQf6SxQMt4E2sEipl5PqMK5lYUe3otdJV+X2c9D64bGwCEE7QSia+Vhozg8QNOQEk/rdz2IEONIg6oC43CeiN4E2kF9XLAGuy9uAHx9O9OJH5ZPLJZjyo4VcXYeWQgxaQ1gZ1Qu6hEEzgiPSff/1nou58dm4bIIazgCWli/mO0NyGcpfFw==',
  body: '{"message":"Hello World!"}',
};

await suite({
  provider: 'bridge-xyz',
  by: 'none: documented scheme, RSA over a SHA-256 digest; docs-test-vector is the documents\' own',
  config: { public_key_pem: mine.pem },
  otherConfig: { public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  bodies: [
    { name: 'valid', ...event('wh_t8TAhPPYrRV2v8Asi9ed3sw', 'payment_processed') },
    { name: 'valid-submitted', ...event('wh_t8TAhPPYrRV2v8Asi9ed3sx', 'payment_submitted') },
  ],
  sign(request, key, now) {
    const signature = crypto.sign('sha256', digest(now * 1000, request.body), key).toString('base64');
    request.headers['x-webhook-signature'] = `t=${now * 1000},v0=${signature}`;
  },
  accepts(request, key, now, config) {
    const [, time, signature] = /^t=(\d+),v0=([A-Za-z0-9+/]{342}==)$/.exec(request.headers['x-webhook-signature']);
    if (Math.abs(now - time / 1000) > 600) return false;
    return crypto.verify('sha256', digest(time, request.body), config.public_key_pem, Buffer.from(signature, 'base64'));
  },
  timestamped: { tolerance_s: 600 },
  longBody: 1000,
  skip: ['valid-html', 'valid-numbers', 'valid-crlf', 'valid-pretty-printed', 'valid-submitted'], // RSA makes long cases
  forge: {
    'signed-without-the-digest': (request) => {
      const time = 1767225600000;
      const signature = crypto.sign('sha256', Buffer.concat([Buffer.from(`${time}.`), request.body]), mine.privateKey).toString('base64');
      request.headers['x-webhook-signature'] = `t=${time},v0=${signature}`;
    },
  },
  extra: [{
    case: 'docs-test-vector', expect: 'accept', now: 1705854411, config: { public_key_pem: published.key }, body: published.body,
    headers: { 'content-type': 'application/json', 'x-webhook-signature': published.header },
  }],
});
