// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
const SIGNATURE = 'webhook-signature';
const headers = { 'webhook-id': id };
const user = '{"type":"user.created","timestamp":"2026-01-01T00:00:00Z","data":{"id":"usr_1"}}';
const now = 1767225600;
const right = new Webhook(secret).sign(id, new Date(now * 1000), user);
const wrong = `v1,${Buffer.alloc(32, 'x').toString('base64')}`;
const asymmetric = `v1a,${Buffer.alloc(64, 'y').toString('base64')}`;
const bare = right.slice('v1,'.length);
const valid = { expect: 'accept', type: 'user.created', id, body: user };
const shown = (signature) => ({ headers: { 'content-type': 'application/json', ...headers, 'webhook-timestamp': String(now), [SIGNATURE]: signature } });
const show = (signature) => (request) => void (request.headers[SIGNATURE] = signature);
const set = (name, value) => (request) => void (request.headers[name] = value);

await suite({
  provider: 'standard-webhooks',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'user.created', id, headers, body: user },
    { name: 'valid-invoice', type: 'invoice.paid', id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X', headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X' }, body: '{"type":"invoice.paid","timestamp":"2026-01-01T00:00:05Z","data":{"id":"inv_42","amount":"19.90","currency":"EUR"}}' },
    { name: 'valid-full-stops-in-id', type: 'user.created', id: 'msg.1.2', headers: { 'webhook-id': 'msg.1.2' }, body: user },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers[SIGNATURE] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'tampered-id': set('webhook-id', 'msg_forged'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'timestamp-rewritten': set('webhook-timestamp', String(now - 1)),
    'timestamp-not-a-number': set('webhook-timestamp', 'soon'),
    'unknown-version-only': show(`v2,${bare}`),
    'asymmetric-version-only': show(`v1a,${bare}`),
    'signature-without-version': show(bare),
    'two-signatures-both-bad': show(`${wrong} ${wrong}`),
    'signatures-joined-by-comma': show(`${wrong},${right}`),
  },
  extra: [
    { ...valid, case: 'two-signatures-first-bad', ...shown(`${wrong} ${right}`) },
    { ...valid, case: 'two-signatures-second-bad', ...shown(`${right} ${wrong}`) },
    { ...valid, case: 'v1a-then-v1', ...shown(`${asymmetric} ${right}`) },
    { ...valid, case: 'valid-secret-without-prefix', config: { secrets: [secret.slice('whsec_'.length)] }, ...shown(right) },
  ],
});
