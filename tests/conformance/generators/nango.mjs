// packages: @nangohq/node@0.71.10
import { suite, hmac } from '../lib/cases.mjs';
import { Nango } from '@nangohq/node';

await suite({
  provider: 'nango',
  by: '@nangohq/node@0.71.10 Nango.verifyIncomingWebhookRequest',
  config: { secrets: ['2d2e4c1a-6a8d-4f1b-9b0c-3e5d7f9a1b2c'] },
  bodies: [
    {
      name: 'valid',
      type: 'sync',
      headers: { 'user-agent': 'nango/0.69.0' },
      body: '{"from":"nango","type":"sync","connectionId":"7c3a1e0b-3f5a-4d2f-9a55-0b6c1b8a2f10","providerConfigKey":"github","syncName":"github-issues","syncVariant":"base","model":"Issue","syncType":"INCREMENTAL","success":true,"modifiedAfter":"2026-01-01T00:00:00.000Z","responseResults":{"added":4,"updated":1,"deleted":0}}',
    },
    {
      name: 'valid-auth',
      type: 'auth',
      body: '{"from":"nango","type":"auth","connectionId":"7c3a1e0b-3f5a-4d2f-9a55-0b6c1b8a2f10","providerConfigKey":"github","authMode":"OAUTH2","provider":"github","environment":"DEV","operation":"creation","success":true,"endUser":{"endUserId":"user-1"}}',
    },
    {
      name: 'valid-forward',
      type: 'forward',
      body: '{"from":"github","type":"forward","connectionId":"7c3a1e0b-3f5a-4d2f-9a55-0b6c1b8a2f10","providerConfigKey":"github","payload":{"action":"opened"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-nango-hmac-sha256'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    return new Nango({ secretKey: secret }).verifyIncomingWebhookRequest(request.text, request.headers);
  },
});
