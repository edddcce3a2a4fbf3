// packages: standardwebhooks@1.1.1
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'formbricks',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_92QAh6/z9Yn6YaW7fniRYhaFOj2903Oi'] },
  bodies: [
    {
      name: 'valid',
      type: 'responseFinished',
      id: '6aa5c68f-ee2e-4dbe-af15-ed102abe2b52',
      headers: { 'webhook-id': '6aa5c68f-ee2e-4dbe-af15-ed102abe2b52' },
      body: '{"data":{"contact":null,"createdAt":"2025-12-31T23:59:29.507Z","data":{"visit_reason":"Just browsing","newsletter_consent":"accepted"},"finished":true,"id":"clm4k1z2p0002qz0h4k1z2p02","language":"en","surveyId":"clm4k1z2p0000qz0h4k1z2p00","tags":[],"updatedAt":"2026-01-01T00:00:00.000Z"},"event":"responseFinished","webhookId":"clm4k1z2p0005qz0h4k1z2p05"}',
    },
    {
      name: 'valid-response-created',
      type: 'responseCreated',
      id: '1d30e922-ff44-4881-a56e-fd9993db276b',
      headers: { 'webhook-id': '1d30e922-ff44-4881-a56e-fd9993db276b' },
      body: '{"data":{"contact":null,"createdAt":"2026-01-01T00:00:05.000Z","data":{"welcome_card_cta":"clicked"},"displayId":"clm4k1z2p0006qz0h4k1z2p06","endingId":null,"finished":false,"id":"clm4k1z2p0007qz0h4k1z2p07","language":"en","meta":{"country":"DE"},"surveyId":"clm4k1z2p0000qz0h4k1z2p00","tags":[],"updatedAt":"2026-01-01T00:00:05.000Z"},"event":"responseCreated","webhookId":"clm4k1z2p0005qz0h4k1z2p05"}',
    },
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', '2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
