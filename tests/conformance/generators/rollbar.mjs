// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { query: 'token' };
const secret = 'b7e1c94f0a2d4638b7e1c94f';
const url = 'https://hooks.example.com/in/rollbar';
const body = '{"event_name":"new_item","data":{"url":"https://rollbar.com/item/uuid/?uuid=1b4c0d9e-2a7b-4e8f-9c1d-3f5a7b9c1d2e","item":{"id":272505123,"counter":43,"project_id":90,"environment":"production","framework":2,"title":"NameError: undefined name","level":40,"status":1,"hash":"6a1b2c3d","total_occurrences":1,"last_occurrence_id":4525013370,"last_occurrence_timestamp":1767225600,"public_item_id":null}}}';
const headers = { 'content-type': 'application/json' };

await suite({
  provider: 'rollbar',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url },
  headers,
  bodies: [
    { name: 'valid', type: 'new_item', body },
    { name: 'valid-deploy', type: 'deploy', body: '{"event_name":"deploy","data":{"deploy":{"id":187585,"project_id":90,"environment":"production","revision":"e29dd2e34b3d4f5a8c6b7d9e0f1a2b3c4d5e6f70","local_username":"ada","user_id":1,"comment":"deploying webs","start_time":1767225590,"finish_time":1767225600,"status":"finished"}}}' },
  ],
  sign(request, key) {
    put(request, at, key);
  },
  accepts: (request, key) => same(read(request, at) ?? '', key),
  signature: at,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'token-twice', expect: 'reject', url: `${url}?token=x&token=${secret}`, headers, body },
    { case: 'token-in-a-header', expect: 'reject', headers: { ...headers, token: secret }, body },
  ],
});
