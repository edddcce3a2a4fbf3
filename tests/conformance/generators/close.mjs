// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

const expected = (request, secret) => hmac('sha256', Buffer.from(secret, 'hex'), `${request.headers['close-sig-timestamp']}${request.text}`);

await suite({
  provider: 'close',
  by: 'none: documented scheme, HMAC-SHA256 of time and body under the key in hex',
  config: { secrets: ['1d9b2f6e8c4a7053e1f6b8d0a2c4e6f8091b3d5f7a9c1e3052748a6b0c2d4e6f'] },
  bodies: [
    {
      name: 'valid',
      type: 'lead.updated',
      id: 'ev_7vuqpNC6VQ6vBA8sW0UDiw',
      body: '{"subscription_id":"whsub_8wTHvHjIAtQuLsVsLnJzQn","event":{"id":"ev_7vuqpNC6VQ6vBA8sW0UDiw","date_created":"2026-01-01T00:00:00.417000","date_updated":"2026-01-01T00:00:00.417000","organization_id":"orga_XbVPx5fFbKlYTz9PW5Ih1XDhViV10YihIaEgMEb6fVW","user_id":"user_N6KhMpzHRCYQHdn4gRNIFNNExnsrprKA6ekxM63EA","request_id":"req_4S2L8JTBAA1OUS74SVmfbN","object_id":"lead_xyJTSsw0TZ4gyYf0xhEs8nrZnWgnjLMaD","object_type":"lead","lead_id":"lead_xyJTSsw0TZ4gyYf0xhEs8nrZnWgnjLMaD","action":"updated","changed_fields":["name"],"meta":{},"data":{"id":"lead_xyJTSsw0TZ4gyYf0xhEs8nrZnWgnjLMaD","name":"Wayne Enterprises"},"previous_data":{}}}',
    },
    {
      name: 'valid-activity-call-created',
      type: 'activity.call.created',
      id: 'ev_7vuqpNC6VQ6vBA8sW0UDix',
      body: '{"subscription_id":"whsub_8wTHvHjIAtQuLsVsLnJzQn","event":{"id":"ev_7vuqpNC6VQ6vBA8sW0UDix","date_created":"2026-01-01T00:00:00.417000","date_updated":"2026-01-01T00:00:00.417000","organization_id":"orga_XbVPx5fFbKlYTz9PW5Ih1XDhViV10YihIaEgMEb6fVW","user_id":"user_N6KhMpzHRCYQHdn4gRNIFNNExnsrprKA6ekxM63EA","request_id":"req_4S2L8JTBAA1OUS74SVmfbN","object_id":"acti_6xEUjBNxqPlJk","object_type":"activity.call","lead_id":"lead_xyJTSsw0TZ4gyYf0xhEs8nrZnWgnjLMaD","action":"created","changed_fields":["name"],"meta":{},"data":{"id":"acti_6xEUjBNxqPlJk","direction":"outbound","duration":42},"previous_data":{}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['close-sig-timestamp'] = String(now);
    request.headers['close-sig-hash'] = expected(request, secret);
  },
  accepts: (request, secret, now) => Math.abs(request.headers['close-sig-timestamp'] - now) <= 300 && same(request.headers['close-sig-hash'], expected(request, secret)),
  signature: 'close-sig-hash',
  longBody: 1000,
  timestamped: { tolerance_s: 300 },
});
