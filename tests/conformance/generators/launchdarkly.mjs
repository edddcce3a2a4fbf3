// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const flag = 'proj/my-project:env/production:flag/new-checkout';
const entry = (name, type, id, accesses) => ({
  name, type, id,
  body: JSON.stringify({ _id: id, _accountId: '569f514156e003339cfd3917', date: 1767225600000, accesses, kind: 'flag', name: 'New checkout', comment: 'für alle', member: { _id: '569f514183f2164430000002' }, titleVerb: 'turned on the flag', target: { name: 'New checkout', resources: [flag] } }),
});

await suite({
  provider: 'launchdarkly',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['ld-webhook-3f9c1a7e5b2d4860'] },
  bodies: [
    entry('valid', 'flag.updateOn', '57c0a8e29969090743529965', [{ action: 'updateOn', resource: flag }]),
    entry('valid-no-action', 'flag', '57c0a8e29969090743529966', []),
  ],
  sign(request, secret) {
    request.headers['x-ld-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-ld-signature'], hmac('sha256', secret, request.body)),
});
