// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { query: 'token' };
const token = 'q7Wm2xK9vT4bN8sL';
const key = (id) => ({ apiUrl: `https://api.infusionsoft.com/crm/rest/v1/contacts/${id}`, id, timestamp: '2026-01-01T00:00:00Z' });
const event = (name, kind, ...ids) => ({
  name, type: kind, id: `${kind}:${ids[0]}:2026-01-01T00:00:00Z`,
  body: JSON.stringify({ event_key: kind, object_type: 'contact', object_keys: ids.map(key), api_url: '' }),
});
const hook = (secret, own) => ({ method: 'POST', url: `https://hooks.example.com/in/keap${own ? `?token=${own}` : ''}`, headers: { 'content-type': 'application/json', 'x-hook-secret': secret } });

await suite({
  provider: 'keap',
  by: "none: nothing is signed; a token of one's own in the URL",
  config: { secrets: [token] },
  bodies: [event('valid', 'contact.add', 1234), event('valid-three', 'contact.edit', 1234, 1235, 1236)],
  sign: (request, secret) => put(request, place, secret),
  accepts: (request, secret) => same(read(request, place), secret),
  signature: place,
  covers: [], // Nothing but the token is looked at.
  longBody: 1000,
  lenient: ['hook-secret-of-markup'], // The token is right.
  extra: [
    { case: 'hook-secret', expect: 'handshake', ...hook('a1b2c3d4-0000-4111-8222-333344445555', token), expect_status: 200, expect_reply: '' },
    { case: 'hook-secret-without-token', expect: 'reject', ...hook('a1b2c3d4-0000-4111-8222-333344445555') },
    { case: 'hook-secret-of-markup', expect: 'reject', ...hook('<script>', token) },
  ],
});
