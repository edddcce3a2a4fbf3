// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const token = '6qbkdj8ximgf7nmkwd6ttjnzxy';
const fields = { token: '', team_id: 'rdc9bgriktyx9p4kowh3dmgqyc', channel_id: 'xr3j5x3p4pfk7kk6ck7b4e6ghh', channel_name: 'town-square', timestamp: 1767225600000, user_name: 'jane', post_id: 'axdygg1957njfe5pu38saikdho', text: 'build größe', trigger_word: 'build' };
const form = (own) => new URLSearchParams({ ...fields, token: own }).toString();
const posted = (name, expect, own) => ({ case: name, expect, type: 'message', id: 'axdygg1957njfe5pu38saikdho', body: form(own), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
const place = { json: '/token' };

await suite({
  provider: 'mattermost-outgoing',
  by: 'none: documented scheme, a token in the body',
  config: { secrets: [token] },
  bodies: [
    { name: 'valid', type: 'message', id: 'axdygg1957njfe5pu38saikdho', body: JSON.stringify(fields) },
    { name: 'valid-another', type: 'message', id: 'axdygg1957njfe5pu38saikdhp', body: JSON.stringify({ ...fields, post_id: 'axdygg1957njfe5pu38saikdhp' }) },
  ],
  sign: (request, secret) => put(request, place, secret),
  accepts: (request, secret) => same(request.text.startsWith('{') ? read(request, place) : read(request, { form: 'token' }), secret),
  signature: place,
  covers: [], // Nothing but the token is looked at.
  longBody: 1000,
  extra: [posted('valid-form', 'accept', token), posted('form-wrong-token', 'reject', 'another')],
});
