// packages:
import { createHash } from 'node:crypto';
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { query: 'token' };
const secret = 'b7e1c94f0a2d4638b7e1c94f';
const url = 'https://hooks.example.com/in/strava';
const digest = (text) => createHash('sha256').update(text).digest('hex');
const update = '{"aspect_type":"update","event_time":1767225600,"object_id":1360128428,"object_type":"activity","owner_id":134815,"subscription_id":120475,"updates":{"title":"Messy"}}';
const challenge = (query) => ({ method: 'GET', headers: {}, url: `${url}?token=${secret}&hub.mode=subscribe&${query}` });

await suite({
  provider: 'strava',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url },
  bodies: [
    { name: 'valid', type: 'activity.update', id: `120475:1360128428:update:1767225600:${digest('{"title":"Messy"}')}`, body: update },
    { name: 'valid-create', type: 'activity.create', id: `120475:1360128429:create:1767225605:${digest('{}')}`, body: '{"aspect_type":"create","event_time":1767225605,"object_id":1360128429,"object_type":"activity","owner_id":134815,"subscription_id":120475,"updates":{}}' },
    { name: 'valid-deauthorized', type: 'athlete.update', id: `120475:134815:update:1767225606:${digest('{"authorized":"false"}')}`, body: '{"aspect_type":"update","event_time":1767225606,"object_id":134815,"object_type":"athlete","owner_id":134815,"subscription_id":120475,"updates":{"authorized":"false"}}' },
  ],
  sign(request, key) {
    put(request, at, key);
  },
  accepts: (request, key) => same(read(request, at) ?? '', key) && (request.method === 'POST' || /^[\w-]+$/.test(read(request, { query: 'hub.challenge' }) ?? '')) && same(read(request, { query: 'hub.verify_token' }) ?? key, key),
  signature: at,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'token-twice', expect: 'reject', url: `${url}?token=x&token=${secret}`, body: update },
    { case: 'handshake', expect: 'handshake', ...challenge(`hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.verify_token=${secret}`), expect_status: 200, expect_reply: '{"hub.challenge":"15f7d1a91c1f40f8a748fd134752feb3"}' },
    { case: 'handshake-without-token-in-the-url', expect: 'handshake', method: 'GET', headers: {}, url: `${url}?hub.mode=subscribe&hub.challenge=15f7&hub.verify_token=${secret}`, expect_status: 200, expect_reply: '{"hub.challenge":"15f7"}' },
    { case: 'handshake-wrong-token', expect: 'reject', ...challenge('hub.challenge=15f7d1a91c1f40f8a748fd134752feb3&hub.verify_token=another') },
    { case: 'handshake-with-markup', expect: 'reject', ...challenge(`hub.challenge=%3Cscript%3E&hub.verify_token=${secret}`) },
  ],
});
