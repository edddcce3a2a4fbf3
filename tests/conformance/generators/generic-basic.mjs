// packages:
import { suite, same } from '../lib/cases.mjs';

const secret = 'hooks:correct horse battery';
const order = '{"type":"order.created","event_id":"evt-1","timestamp":"2026-01-01T00:00:00Z"}';
const basic = (credentials) => `Basic ${Buffer.from(credentials).toString('base64')}`;
const show = (authorization) => (request) => void (request.headers.authorization = authorization);
const credentials = (secret, config) => secret ?? `${config.username}:${config.password}`;
const valid = { expect: 'accept', sign: true, body: order, type: 'order.created', id: 'evt-1' };

await suite({
  provider: 'generic-basic',
  by: 'none: RFC 7617',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'order.created', id: 'evt-1', body: order },
    { name: 'valid-type-in-header', type: 'order.paid', headers: { 'x-event-type': 'order.paid' }, body: '{"n":1}' },
  ],
  longBody: 800,
  sign: (request, secret, now, config) => void (request.headers.authorization = basic(credentials(secret, config))),
  accepts: (request, secret, now, config) => same(request.headers.authorization, basic(credentials(secret, config))),
  covers: [],
  forge: {
    'token-prefix': show(basic(secret.slice(0, -1))),
    'token-with-suffix': show(basic(`${secret}x`)),
    'token-case-changed': show(basic(secret.toUpperCase())),
    'wrong-user': show(basic(secret.replace('hooks', 'hook'))),
    'password-only': show(basic(secret.split(':')[1])),
    'empty-credentials': show('Basic '),
    'not-base64': show(`Basic ${secret}`),
    'scheme-bearer': show(basic(secret).replace('Basic', 'Bearer')),
    'scheme-missing': show(basic(secret).slice('Basic '.length)),
  },
  extra: [
    { ...valid, case: 'valid-username-and-password', config: { username: 'hooks', password: 'correct horse battery' } },
    { ...valid, case: 'valid-colon-in-password', config: { secrets: ['hooks:correct:horse:battery'] } },
    { ...valid, case: 'valid-utf8-password', config: { secrets: ['hooks:Pferd, richtig; Öl'] } },
  ],
});
