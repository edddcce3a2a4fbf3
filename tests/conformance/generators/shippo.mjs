// packages:
import { suite, hmac, put, read, same } from '../lib/cases.mjs';

const secret = 'shippo-4f8a1c6d2b9e4035a7c1';
const url = 'https://hooks.example.com/in/shippo';
const body = '{"event":"track_updated","test":false,"data":{"messages":[],"carrier":"usps","tracking_number":"9205590164917312751089","address_from":{"city":"San Francisco","state":"CA","zip":"94103","country":"US"},"address_to":{"city":"Chicago","state":"IL","zip":"60611","country":"US"},"tracking_status":{"object_created":"2026-01-01T00:00:00.000Z","object_id":"4cf0b1b6d3f04e2f8a2b","status":"DELIVERED","status_details":"Your shipment has been delivered.","status_date":"2025-12-31T23:58:00Z"},"tracking_history":[],"transaction":null}}';
const json = { 'content-type': 'application/json' };

await suite({
  provider: 'shippo',
  by: 'none: documented scheme, HMAC-SHA256 of time and body, or a token in the URL',
  config: { secrets: [secret], url },
  url,
  bodies: [
    { name: 'valid', type: 'track_updated', body },
    { name: 'valid-transaction', type: 'transaction_created', body: '{"event":"transaction_created","test":false,"data":{"object_id":"915d94940ea54c3a80cbfa328722f5a1","object_updated":"2026-01-01T00:00:05.000Z","status":"SUCCESS","tracking_number":"9205590164917312751090","rate":"9aa2e3f1"}}' },
  ],
  sign(request, key, now) {
    request.headers['shippo-auth-signature'] = `t=${now},v1=${hmac('sha256', key, `${now}.${request.text}`)}`;
  },
  accepts(request, key, now) {
    const header = request.headers['shippo-auth-signature'];
    if (header === undefined) return same(read(request, { query: 'token' }) ?? '', key);
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
    return time !== undefined && Math.abs(now - time) <= 300 && same(signature, hmac('sha256', key, `${time}.${request.text}`));
  },
  longBody: 1500,
  timestamped: { tolerance_s: 300 },
  forge: {
    'token-beside-a-forged-signature': (request) => {
      put(request, { query: 'token' }, secret);
      request.headers['shippo-auth-signature'] = `t=1767225600,v1=${'0'.repeat(64)}`;
    },
  },
  extra: [
    { case: 'valid-token', expect: 'accept', type: 'track_updated', url: `${url}?token=${secret}`, headers: json, body },
    { case: 'wrong-token', expect: 'reject', url: `${url}?token=${secret}x`, headers: json, body },
    { case: 'token-in-a-header', expect: 'reject', headers: { ...json, token: secret }, body },
  ],
});
