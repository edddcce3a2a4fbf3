// packages: telnyx@7.24.0
import crypto from 'node:crypto';
import { suite, keyPair } from '../lib/cases.mjs';
import { TelnyxWebhook } from 'telnyx/lib/webhooks';

const mine = keyPair('ed25519');
const another = keyPair('ed25519', 'another');

await suite({
  provider: 'telnyx',
  longBody: 1500,
  by: 'telnyx@7.24.0 TelnyxWebhook.verify',
  config: { public_key_base64: mine.base64 },
  otherConfig: { public_key_base64: another.base64 },
  keys: [mine.privateKey, another.privateKey],
  bodies: [
    { name: 'valid', type: 'message.received', id: 'b301ed3f-1490-491f-995f-6e64e69674d4', body: '{"data":{"event_type":"message.received","id":"b301ed3f-1490-491f-995f-6e64e69674d4","occurred_at":"2026-01-01T00:00:00.000+00:00","payload":{"direction":"inbound","from":{"carrier":"T-Mobile USA","line_type":"Wireless","phone_number":"+13125550001"},"id":"84cca175-9755-4859-b67f-4730d7f58aa3","received_at":"2025-12-31T23:59:59.911+00:00","text":"Hello from Telnyx!","to":[{"phone_number":"+17735550002","status":"webhook_delivered"}],"type":"SMS"},"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://hooks.example.com/in/telnyx"}}' },
    { name: 'valid-call', type: 'call.initiated', id: '0ccc7b54-4df3-4bca-a65a-3da1ecc777f0', body: '{"data":{"event_type":"call.initiated","id":"0ccc7b54-4df3-4bca-a65a-3da1ecc777f0","occurred_at":"2026-01-01T00:00:05.000000Z","payload":{"call_control_id":"v2:7subYr8fLrXmaAXm8egeAMpoSJ72J3SGPUuome81-hQuaKRf9b7hKA","call_leg_id":"5ca81340-5beb-11eb-ae45-02420a0f8b69","call_session_id":"5ca81eee-5beb-11eb-ba6c-02420a0f8b69","direction":"incoming","from":"+15550100001","state":"parked","to":"+15550100002"},"record_type":"event"}}' },
  ],
  sign(request, key, now) {
    request.headers['telnyx-timestamp'] = String(now);
    request.headers['telnyx-signature-ed25519'] = crypto.sign(null, Buffer.from(`${now}|${request.text}`), key).toString('base64');
  },
  async accepts(request, key, now, config) {
    await new TelnyxWebhook(config.public_key_base64).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
});
