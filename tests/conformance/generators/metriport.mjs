// packages: @metriport/api-sdk@18.20.0
import { suite, hmac } from '../lib/cases.mjs';
import { MetriportMedicalApi } from '@metriport/api-sdk';

const ping = JSON.stringify({ ping: 'V1StGXR8_Z5jdHi6B-myT', meta: { messageId: 'f1a3b5c7-6d2e-4f80-9a1b-3c5d7e9f1b2e', when: '2026-01-01T00:00:00.000Z', type: 'ping' } });

await suite({
  provider: 'metriport',
  by: '@metriport/api-sdk@18.20.0 MetriportMedicalApi.verifyWebhookSignature',
  config: { secrets: ['whk_Q2hhbmdlTWVQbGVhc2UxMjM0NTY3ODkw'] },
  bodies: [
    {
      name: 'valid',
      type: 'medical.consolidated-data',
      id: 'f1a3b5c7-6d2e-4f80-9a1b-3c5d7e9f1b2d',
      body: '{"meta":{"messageId":"f1a3b5c7-6d2e-4f80-9a1b-3c5d7e9f1b2d","when":"2026-01-01T00:00:00.000Z","type":"medical.consolidated-data","data":{"tenant":"acme"}},"patients":[{"patientId":"018a80c4-2928-7f06-bb5e-3b6a1f8f1f00","externalId":"123456789","status":"completed","bundle":{"resourceType":"Bundle","total":0,"type":"searchset","entry":[]}}]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-metriport-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    return MetriportMedicalApi.verifyWebhookSignature(secret, request.body, request.headers['x-metriport-signature']);
  },
  extra: [
    { case: 'ping', expect: 'handshake', sign: true, body: ping, expect_status: 200, expect_reply: '{"pong":"V1StGXR8_Z5jdHi6B-myT"}' },
    { case: 'ping-unsigned', expect: 'reject', headers: { 'content-type': 'application/json', 'x-metriport-signature': '00' }, body: ping },
  ],
});
