// packages:
import { suite, put, same } from '../lib/cases.mjs';

const state = 'SecretClientState-7hTq2vXf';
const item = (more) => ({ subscriptionId: '76222963-cc7b-42d2-882d-8aaa69cb2ba3', resource: 'Users/ddfcd489/Messages/AAMkAGUwNjQ4ZjIxAAA=', tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95', ...more, clientState: '' });
const body = (...items) => JSON.stringify({ value: items });
const ask = (text) => ({ method: 'POST', url: `https://hooks.example.com/in/microsoft-graph?validationToken=${encodeURIComponent(text)}`, headers: { 'content-type': 'text/plain; charset=utf-8' } });
const sentence = 'Validation: Testing client application reachability for subscription Request-Id: 8a1f2b3c-4d5e-6f70-8192-a3b4c5d6e7f8';
const places = (request) => (request.json.value ?? []).map((_, index) => ({ json: `/value/${index}/clientState` }));

await suite({
  provider: 'microsoft-graph',
  by: 'none: documented scheme, the clientState in each notification',
  config: { secrets: [state] },
  bodies: [
    { name: 'valid', type: 'created', body: body(item({ changeType: 'created' })) },
    { name: 'valid-two', type: 'updated', body: body(item({ changeType: 'updated' }), item({ changeType: 'deleted' })) },
    { name: 'valid-lifecycle', type: 'lifecycle.reauthorizationRequired', body: body(item({ lifecycleEvent: 'reauthorizationRequired' })) },
    { name: 'valid-with-id', type: 'created', id: 'lsgTZMr9KwAAA', body: body(item({ id: 'lsgTZMr9KwAAA', changeType: 'created' })) },
  ],
  sign: (request, secret) => places(request).forEach((place) => put(request, place, secret)),
  accepts: (request, secret) => places(request).length > 0 && request.json.value.every((one) => same(one.clientState, secret)),
  signature: { json: '/value/0/clientState' },
  covers: [], // Nothing but the token is looked at.
  longBody: 1000,
  forge: {
    'one-of-two-wrong': (request) => void (request.body = Buffer.from(JSON.stringify({ value: [...request.json.value, item({ changeType: 'created' })] }))),
    'no-notifications': (request) => void (request.body = Buffer.from('{"value":[]}')),
  },
  extra: [
    { case: 'validation', expect: 'handshake', ...ask(sentence), expect_status: 200, expect_reply: sentence },
    { case: 'validation-of-markup', expect: 'reject', ...ask('<script>alert(1)</script>') },
  ],
});
