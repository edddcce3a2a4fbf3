// packages: jsonwebtoken@9.0.2
import { suite } from '../lib/cases.mjs';
import jwt from 'jsonwebtoken';

const event = (type, id) => ({
  id, object: 'event', type, createdAt: '2026-01-01T00:00:00.000Z', live: false,
  data: { id: 'letter_vqAsdVYgyBYgyBYgyBYgyB', object: 'letter', status: 'ready', to: { firstName: 'Zoë', city: 'Köln' }, metadata: { order: '42' } },
});
const token = (content, secret, options = { algorithm: 'HS256' }) => jwt.sign(content, secret, { noTimestamp: true, ...options });
const body = (text) => (request) => {
  request.body = Buffer.from(text);
};
const created = event('letter.created', 'event_mpLg4QvpFhf98Nkh99BP98');

await suite({
  provider: 'postgrid',
  by: 'none: documented scheme, the body is a JWT (judged by jsonwebtoken@9.0.2)',
  config: { secrets: ['webhook_secret_9sKq7Lr2mN5pQ8tV'] },
  headers: { 'content-type': 'text/plain' },
  bodies: [
    { name: 'valid', type: 'letter.created', id: 'event_mpLg4QvpFhf98Nkh99BP98', body: JSON.stringify(created) },
    { name: 'valid-updated', type: 'letter.updated', id: 'event_mpLg4QvpFhf98Nkh99BP99', body: JSON.stringify(event('letter.updated', 'event_mpLg4QvpFhf98Nkh99BP99')) },
  ],
  sign(request, secret) {
    request.body = Buffer.from(token(request.json, secret));
    request.headers['x-token'] = 'in-the-body';
  },
  accepts(request, secret) {
    jwt.verify(request.text, secret, { algorithms: ['HS256'] });
    return true;
  },
  signature: 'x-token', // the token is the body, which is forged below
  covers: [],
  oddBodies: false,
  skip: ['missing-signature', 'empty-signature', 'truncated-signature', 'changed-signature', 'garbage-signature'],
  forge: {
    'tampered-payload': (request) => {
      const [head, payload, signature] = request.text.split('.');
      const other = Buffer.from(payload, 'base64url').toString().replace('Köln', 'Bonn');
      request.body = Buffer.from([head, Buffer.from(other).toString('base64url'), signature].join('.'));
    },
    'truncated-token': (request) => {
      request.body = request.body.subarray(0, -4);
    },
    'without-signature': (request) => {
      request.body = Buffer.from(`${request.text.split('.').slice(0, 2).join('.')}.`);
    },
    'algorithm-none': body(token(created, '', { algorithm: 'none' })),
    'another-algorithm': body(token(created, 'webhook_secret_9sKq7Lr2mN5pQ8tV', { algorithm: 'HS512' })),
    'expired': body(token({ ...created, exp: 1767225000 }, 'webhook_secret_9sKq7Lr2mN5pQ8tV')),
    'plain-json': body(JSON.stringify(created)),
    'empty-body': body(''),
  },
});
