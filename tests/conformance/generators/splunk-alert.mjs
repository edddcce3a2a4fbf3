// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { query: 'token' };
const secret = 'b7e1c94f0a2d4638b7e1c94f';
const url = 'https://hooks.example.com/in/splunk-alert';
const body = '{"sid":"scheduler_admin_search_W2_at_1767225600_132","search_name":"Failed logins","app":"search","owner":"admin","results_link":"http://web.example.local:8000/app/search/@go?sid=scheduler_admin_search_W2_at_1767225600_132","result":{"sourcetype":"linux_secure","count":"8","host":"web-1","_time":"1767225599"}}';
const headers = { 'content-type': 'application/json' };

await suite({
  provider: 'splunk-alert',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url },
  headers,
  bodies: [
    { name: 'valid', type: 'alert', id: 'scheduler_admin_search_W2_at_1767225600_132:f6335bf81df5ea03e45fa21f23810bb0fbc46d23b4ec759dea1a14aaf45fcf87', body },
    { name: 'valid-next-result', type: 'alert', id: 'scheduler_admin_search_W2_at_1767225600_132:371acd6cb013f94079a851136cec9dbd37671ff52e47ae9a69709ff7378ee18c', body: '{"sid":"scheduler_admin_search_W2_at_1767225600_132","search_name":"Failed logins","app":"search","owner":"admin","results_link":"http://web.example.local:8000/app/search/@go?sid=scheduler_admin_search_W2_at_1767225600_132","result":{"sourcetype":"linux_secure","count":"3","host":"web-2","_time":"1767225599"}}' },
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
