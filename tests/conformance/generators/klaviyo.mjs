// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const item = (id, topic) => ({
  external_id: id, topic,
  payload: { data: { type: 'event', id, attributes: { timestamp: 1767225590, event_properties: { Subject: 'Grüße' } }, relationships: { profile: { data: { type: 'profile', id: '01GDDKASAP8TKDDA2GRZDSVP4H' } } } } },
});
const body = (...items) => JSON.stringify({ data: items, meta: { timestamp: '2026-01-01T00:00:00.101159+00:00', klaviyo_webhook_id: '01KP4928STE8FKCWB6WDHZ4ZB7', version: '2024-06-28' } });
const headers = { 'klaviyo-webhook-id': '01KP4928STE8FKCWB6WDHZ4ZB7' };
const opened = item('4vRpBT8zBwJ', 'event:klaviyo.opened_email');
const clicked = item('4vRpBT8zBwK', 'event:klaviyo.clicked_email');
const signed = ({ body: content, headers: own }, secret) => hmac('sha256', secret, Buffer.concat([content, Buffer.from(own['klaviyo-timestamp'])]));

await suite({
  provider: 'klaviyo',
  by: 'none: documented scheme, HMAC-SHA256 of the body and the header klaviyo-timestamp',
  config: { secrets: ['k1aviyo-webhook-secret-7d2f'] },
  bodies: [
    { name: 'valid', type: 'event:klaviyo.opened_email', id: '4vRpBT8zBwJ', headers, body: body(opened) },
    { name: 'valid-clicked', type: 'event:klaviyo.clicked_email', id: '4vRpBT8zBwK', headers, body: body(clicked) },
    { name: 'valid-two-events', type: 'event:klaviyo.opened_email', id: '4vRpBT8zBwJ', headers, body: body(opened, clicked) },
  ],
  sign(request, secret, now) {
    request.headers['klaviyo-timestamp'] = new Date(now * 1000).toUTCString();
    request.headers['klaviyo-signature'] = signed(request, secret);
  },
  accepts: (request, secret, now) =>
    Math.abs(now * 1000 - Date.parse(request.headers['klaviyo-timestamp'])) <= 300_000 && same(request.headers['klaviyo-signature'], signed(request, secret)),
  timestamped: { tolerance_s: 300 },
  longBody: 1000,
  forge: {
    'replayed-with-fresh-time': (request) => void (request.headers['klaviyo-timestamp'] = 'Thu, 01 Jan 2026 00:00:05 GMT'),
  },
});
