// packages:
import { createHash, createPublicKey, sign as signature, verify } from 'node:crypto';
import { suite, keyPair } from '../lib/cases.mjs';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const digest = (text) => createHash('sha256').update(text).digest('hex');
const track = '{"resource_url":"https://api.shipengine.com/v1/tracking?carrier_code=usps&tracking_number=9405511899223197428490","resource_type":"API_TRACK","data":{"links":[],"label_url":null,"tracking_number":"9405511899223197428490","status_code":"DE","status_description":"Delivered","carrier_status_code":"01","shipped_date":null,"actual_delivery_date":"2026-01-01T00:00:00Z","events":[{"occurred_at":"2026-01-01T00:00:00Z","description":"Delivered","city_locality":"AUSTIN"}]}}';
const batch = '{"resource_url":"https://api.shipengine.com/v1/batches/se-1013119","resource_type":"API_BATCH"}';

await suite({
  provider: 'shipstation',
  by: 'none: documented scheme, RSA-SHA256 of time and body',
  config: { public_key_pem: mine.pem },
  otherConfig: { public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  headers: { 'content-type': 'application/json', 'x-shipengine-rsa-sha256-key-id': '1f7a4a1a-3c5e-4d6f-8a7b-9c0d1e2f3a4b' },
  bodies: [
    { name: 'valid', type: 'API_TRACK', id: digest(track), body: track },
    { name: 'valid-batch', type: 'API_BATCH', id: digest(batch), body: batch },
  ],
  sign(request, key, now) {
    const time = new Date(now * 1000).toISOString();
    request.headers['x-shipengine-timestamp'] = time;
    request.headers['x-shipengine-rsa-sha256-signature'] = signature('sha256', Buffer.from(`${time}.${request.text}`), key).toString('base64');
  },
  accepts(request, key, now, config) {
    const { 'x-shipengine-timestamp': time, 'x-shipengine-rsa-sha256-signature': made = '' } = request.headers;
    if (Math.abs(now - Date.parse(time) / 1000) > 300) return false;
    return verify('sha256', Buffer.from(`${time}.${request.text}`), createPublicKey(config.public_key_pem), Buffer.from(made, 'base64'));
  },
  oddBodies: false, // The id is a digest of the body, which these change.
  timestamped: { tolerance_s: 300 },
});
