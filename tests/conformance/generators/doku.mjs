// packages:
import { suite, hmac, same, put } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

const mac = (request, secret) => {
  const { 'client-id': client, 'request-id': id, 'request-timestamp': time } = request.headers;
  const digest = createHash('sha256').update(request.body).digest('base64');
  const content = `Client-Id:${client}\nRequest-Id:${id}\nRequest-Timestamp:${time}\nRequest-Target:${new URL(request.url).pathname}\nDigest:${digest}`;
  return `HMACSHA256=${hmac('sha256', secret, content, 'base64')}`;
};

await suite({
  provider: 'doku',
  by: 'none: documented scheme',
  config: { secrets: ['SK-hCJ42G28TA0MKG9LE2E1'] },
  bodies: [
    {
      name: 'valid',
      type: 'VIRTUAL_ACCOUNT_BCA.SUCCESS',
      id: 'fdb69f47-96da-499d-acec-7cdc318ab2fe',
      headers: { 'client-id': 'MCH-0001-10791114622547', 'request-id': 'fdb69f47-96da-499d-acec-7cdc318ab2fe' },
      body: '{"service":{"id":"VIRTUAL_ACCOUNT"},"acquirer":{"id":"BCA"},"channel":{"id":"VIRTUAL_ACCOUNT_BCA"},"transaction":{"status":"SUCCESS","date":"2026-01-01T00:00:00Z","original_request_id":"5b1c9c1e-7d1a-4f7d-9d7e-0c5f3a2b1e90"},"order":{"invoice_number":"order-42","amount":90000},"virtual_account_info":{"virtual_account_number":"1900600000000046"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['request-timestamp'] = `${new Date(now * 1000).toISOString().slice(0, 19)}Z`;
    request.headers.signature = mac(request, secret);
  },
  accepts(request, secret, now) {
    const age = Math.abs(now - Date.parse(request.headers['request-timestamp']) / 1000);
    return age <= 300 && same(request.headers.signature, mac(request, secret));
  },
  signature: 'signature',
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'request-id', 'fdb69f47-96da-499d-acec-7cdc318ab2ff'),
    'another-path': (request) => {
      request.url = request.url.replace('/in/doku', '/in/other');
    },
  },
});
