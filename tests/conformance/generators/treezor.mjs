// packages:
import { suite, hmac, put, read, same } from '../lib/cases.mjs';

// As PHP's json_encode writes what JSON.stringify does.
const php = (value) => JSON.stringify(value).replaceAll('/', '\\/').replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const hook = (webhook, id, payload) => JSON.stringify({
  webhook, webhook_id: id, object: webhook.split('.')[0], object_id: '2061211', object_payload: payload, object_payload_signature: '', auth_key: null,
});
const wallet = (eventName) => ({ wallets: [{ walletId: '2061211', eventName, currency: 'EUR', url: 'https://example.com/a', walletTag: '', solde: '0.00', isFrozen: 0 }] });
const expected = (request, secret) => hmac('sha256', secret, php(request.json.object_payload), 'base64');
const at = { json: '/object_payload_signature' };

await suite({
  provider: 'treezor',
  by: 'none: documented scheme, base64 of HMAC-SHA256 of object_payload as PHP writes it',
  config: { secrets: ['3b1f5c7d9e0a2b4c6d8e0f1a3b5c7d9e'] },
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  bodies: [
    { name: 'valid', type: 'wallet.create', id: '1d1e8a5c-0f45-4c0a-9b0a-5b5f0c6b0c11', body: hook('wallet.create', '1d1e8a5c-0f45-4c0a-9b0a-5b5f0c6b0c11', wallet('Main account')) },
    { name: 'valid-escapes', type: 'wallet.update', id: '1d1e8a5c-0f45-4c0a-9b0a-5b5f0c6b0c12', body: hook('wallet.update', '1d1e8a5c-0f45-4c0a-9b0a-5b5f0c6b0c12', wallet('Société "Été" \\ 🚀 <&> \t')) },
  ],
  sign(request, secret) {
    put(request, at, expected(request, secret));
  },
  accepts: (request, secret) => same(read(request, at) ?? '', expected(request, secret)),
  signature: at,
  covers: [], // The names beside the object are not signed.
  longBody: 1000,
  forge: {
    'tampered-object': (request) => put(request, { json: '/object_payload/wallets/0/solde' }, '9.00'),
    'added-to-object': (request) => put(request, { json: '/object_payload/more' }, 'x'),
    'object-missing': (request) => put(request, { json: '/object_payload' }, undefined),
  },
});
