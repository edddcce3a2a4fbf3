// packages: whatsapp@0.0.5-Alpha
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { suite, hmac, same } from '../lib/cases.mjs';

const require = createRequire(import.meta.url);
const { generateXHub256Sig } = require(join(dirname(require.resolve('whatsapp/package.json')), 'build/utils.js'));
const change = (key, items, field = 'messages') => ({ value: { messaging_product: 'whatsapp', metadata: { phone_number_id: '27681414235104944' }, [key]: items }, field });
const entry = (...changes) => JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '8856996819413533', changes }] });
const message = change('messages', [{ from: '16315551234', id: 'wamid.1', timestamp: '1767225600', text: { body: 'Hellö' }, type: 'text' }]);
const status = change('statuses', [{ id: 'wamid.2', status: 'delivered', timestamp: '1767225601' }]);
const url = 'https://hooks.example.com/in/whatsapp';
const subscribe = (token, challenge = '1158201444') => ({
  method: 'GET', headers: {}, url: `${url}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=${challenge}`,
});

await suite({
  provider: 'whatsapp',
  by: 'whatsapp@0.0.5-Alpha generateXHub256Sig',
  config: { secrets: ['a1b2c3d4e5f60718293a4b5c6d7e8f90'], verify_token: 'meatyhamhock' },
  bodies: [
    { name: 'valid', type: 'messages', body: entry(message) },
    { name: 'valid-status', type: 'statuses', body: entry(status) },
    { name: 'valid-other-field', type: 'account_update', body: entry(change('event', 'VERIFIED_ACCOUNT', 'account_update')) },
    { name: 'valid-batch', type: 'messages', body: entry(message, status) },
  ],
  sign(request, secret) {
    request.headers['x-hub-signature-256'] = `sha256=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) =>
    request.method === 'POST' && same(request.headers['x-hub-signature-256'] ?? '', `sha256=${generateXHub256Sig(request.text, secret)}`),
  extra: [
    { case: 'handshake', expect: 'handshake', ...subscribe('meatyhamhock'), expect_status: 200, expect_reply: '1158201444' },
    { case: 'handshake-wrong-token', expect: 'reject', ...subscribe('meatyhamhocks') },
    { case: 'handshake-markup', expect: 'reject', ...subscribe('meatyhamhock', '%3Cscript%3E') },
    { case: 'handshake-other-mode', expect: 'reject', method: 'GET', headers: {}, url: subscribe('meatyhamhock').url.replace('=subscribe', '=unsubscribe') },
  ],
});
