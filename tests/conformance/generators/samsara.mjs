// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const signed = (secret, time, text) => `v1=${hmac('sha256', Buffer.from(secret, 'base64'), `v1:${time}:${text}`)}`;

await suite({
  provider: 'samsara',
  by: 'none: documented scheme, HMAC-SHA256 of v1, time and body under the key decoded from base64',
  config: { secrets: ['V1hOQkNubVo4cEtqM0x0UjdZdzJEZDVGZzlIaDFKag=='] },
  bodies: [
    { name: 'valid', type: 'AddressCreated', id: '7ac3e8f2-90f1-4c4a-8d1e-0f5b6a7c8d9e', body: '{"eventId":"7ac3e8f2-90f1-4c4a-8d1e-0f5b6a7c8d9e","eventTime":"2026-01-01T00:00:00.000Z","eventType":"AddressCreated","orgId":20936,"webhookId":"1411751028848270","data":{"address":{"id":"494123","name":"Worksite #1","formattedAddress":"350 Rhode Island St, San Francisco, CA 94103","externalIds":{"siteId":"54"},"geofence":{"circle":{"radiusMeters":25,"latitude":37.765363,"longitude":-122.403098}},"createdAtTime":"2026-01-01T00:00:00Z"}}}' },
    { name: 'valid-alert', type: 'AlertIncident', id: '7ac3e8f2-90f1-4c4a-8d1e-0f5b6a7c8d9f', body: '{"eventId":"7ac3e8f2-90f1-4c4a-8d1e-0f5b6a7c8d9f","eventTime":"2026-01-01T00:00:05.000Z","eventType":"AlertIncident","orgId":20936,"webhookId":"1411751028848270","data":{"configurationId":"a1b2c3","happenedAtTime":"2026-01-01T00:00:04Z","isResolved":false,"conditions":[{"description":"Engine fault"}]}}' },
  ],
  sign(request, secret, now) {
    request.headers['x-samsara-timestamp'] = String(now);
    request.headers['x-samsara-signature'] = signed(secret, now, request.text);
  },
  accepts(request, secret, now) {
    const { 'x-samsara-timestamp': time, 'x-samsara-signature': signature } = request.headers;
    return Math.abs(now - time) <= 300 && same(signature ?? '', signed(secret, time, request.text));
  },
  timestamped: { tolerance_s: 300 },
});
