// packages: @sinch/sdk-core@1.4.0
import { createHash } from 'node:crypto';
import { suite, hmac, put } from '../lib/cases.mjs';
import sinch from '@sinch/sdk-core';

const report = '{"app_id":"01EB37HMH1M6SV18BSNS3G135H","accepted_time":"2026-01-01T00:00:01Z","event_time":"2026-01-01T00:00:01.100Z","message_delivery_report":{"message_id":"01EQBC1A3BEK731GY4YXEN0C2Z","conversation_id":"01EKA06KHT7CRTRVGT4VAJC2RW","status":"DELIVERED","channel_identity":{"channel":"WHATSAPP","identity":"33612345678","app_id":""},"contact_id":"01EKA07N79THJ20WSN6AS30TMW","metadata":""}}';

await suite({
  provider: 'sinch-conversation',
  by: '@sinch/sdk-core@1.4.0 ConversationCallbackWebhooks.validateAuthenticationHeader',
  config: { secrets: ['foo_secret1234'] },
  headers: { 'content-type': 'application/json', 'x-sinch-webhook-signature-algorithm': 'HmacSHA256' },
  longBody: 500,
  bodies: [
    { name: 'valid', type: 'message', id: '01EQBC1A3BEK731GY4YXEN0C2R', body: '{"app_id":"01EB37HMH1M6SV18BSNS3G135H","accepted_time":"2026-01-01T00:00:00Z","message":{"id":"01EQBC1A3BEK731GY4YXEN0C2R","direction":"TO_APP","contact_message":{"text_message":{"text":"Hello"}},"channel_identity":{"channel":"WHATSAPP","identity":"33612345678","app_id":""},"conversation_id":"01EKA06KHT7CRTRVGT4VAJC2RW","contact_id":"01EKA07N79THJ20WSN6AS30TMW","accept_time":"2026-01-01T00:00:00Z"}}' },
    { name: 'valid-delivery-report', type: 'message_delivery_report', id: createHash('sha256').update(report).digest('hex'), body: report },
    { name: 'valid-event', type: 'event', id: '01EQBC1A3BEK731GY4YXEN0C2S', body: '{"app_id":"01EB37HMH1M6SV18BSNS3G135H","accepted_time":"2026-01-01T00:00:02Z","event":{"id":"01EQBC1A3BEK731GY4YXEN0C2S","direction":"TO_APP","contact_event":{"composing_event":{}},"conversation_id":"01EKA06KHT7CRTRVGT4VAJC2RW"}}' },
    { name: 'valid-unknown', body: '{"app_id":"01EB37HMH1M6SV18BSNS3G135H","new_notification":{}}' },
  ],
  sign(request, secret, now) {
    const nonce = '01FJA8B4A7BM43YGWSG9GBV067';
    request.headers['x-sinch-webhook-signature-nonce'] = nonce;
    request.headers['x-sinch-webhook-signature-timestamp'] = String(now);
    request.headers['x-sinch-webhook-signature'] = hmac('sha256', secret, `${request.text}.${nonce}.${now}`, 'base64');
  },
  accepts: (request, secret) => new sinch.ConversationCallbackWebhooks(secret).validateAuthenticationHeader(request.headers, request.text, '', ''),
  signature: 'x-sinch-webhook-signature',
  timestamped: { tolerance_s: 300 },
  // The package does not look at the time.
  lenient: ['stale-timestamp', 'future-timestamp'],
  forge: {
    'another-nonce': (request) => put(request, 'x-sinch-webhook-signature-nonce', '01FJA8B4A7BM43YGWSG9GBV069'),
  },
});
