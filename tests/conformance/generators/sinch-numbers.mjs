// packages: @sinch/sdk-core@1.4.0
import { suite, hmac } from '../lib/cases.mjs';
import sinch from '@sinch/sdk-core';

await suite({
  provider: 'sinch-numbers',
  by: '@sinch/sdk-core@1.4.0 NumbersCallbackWebhooks.validateAuthenticationHeader',
  config: { secrets: ['numbers-4f8a1c6d2b9e4035a7c1e8d3'] },
  bodies: [
    { name: 'valid', type: 'PROVISIONING_TO_VOICE_PLATFORM.SUCCEEDED', id: 'abcd1234efghijklmnop567890', body: '{"eventId":"abcd1234efghijklmnop567890","timestamp":"2026-01-01T00:00:00.000000","projectId":"f9c5d3e2-1b0a-4c8d-9e7f-6a5b4c3d2e1f","resourceId":"+12345612345","resourceType":"ACTIVE_NUMBER","eventType":"PROVISIONING_TO_VOICE_PLATFORM","status":"SUCCEEDED","failureCode":null}' },
    { name: 'valid-failed', type: 'DEPROVISIONING_TO_SMS_PLATFORM.FAILED', id: 'abcd1234efghijklmnop567891', body: '{"eventId":"abcd1234efghijklmnop567891","timestamp":"2026-01-01T00:00:05.000000","projectId":"f9c5d3e2-1b0a-4c8d-9e7f-6a5b4c3d2e1f","resourceId":"+12345612345","resourceType":"ACTIVE_NUMBER","eventType":"DEPROVISIONING_TO_SMS_PLATFORM","status":"FAILED","failureCode":"CAMPAIGN_NOT_AVAILABLE","smsServicePlanId":"abcdef1234567890","internalFailureCode":null}' },
    { name: 'valid-without-status', type: 'NUMBER_ORDER_PROCESSING', id: 'abcd1234efghijklmnop567892', body: '{"eventId":"abcd1234efghijklmnop567892","eventType":"NUMBER_ORDER_PROCESSING"}' },
  ],
  sign(request, secret) {
    request.headers['x-sinch-signature'] = hmac('sha1', secret, request.body);
  },
  accepts: (request, secret) => new sinch.NumbersCallbackWebhooks(secret).validateAuthenticationHeader(request.headers, request.text, '', ''),
});
