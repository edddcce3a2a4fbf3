// packages: svix@2.5.0
import { put, suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'codat',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_plJ3nmyCDGBKInavdOK15jsl5F3vYlhF'] },
  bodies: [
    {
      name: 'valid',
      type: 'read.completed',
      id: 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLz',
      headers: { 'webhook-id': 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLz' },
      body: '{"id":"a9367074-b5c3-42c4-9be4-be129f43577e","eventType":"read.completed","generatedDate":"2026-01-01T00:00:00Z","payload":{"datasetId":"ccc4d4f1-b4f9-4d59-a0d7-6c0f8e0b1b52","connectionId":"1bd6ff1b-4f2a-4b3f-8f5e-77c2a0dd2e11","dataTypes":["invoices","bills"],"referenceCompany":{"id":"0498e921-9b53-4396-a412-4f2f5983b0a2","name":"Toft stores"}}}',
    },
    {
      name: 'valid-company-created',
      type: 'company.created',
      id: 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLy',
      headers: { 'webhook-id': 'msg_2kXmTz9QwErTyUiOpAsDfGhJkLy' },
      body: '{"id":"a9367074-b5c3-42c4-9be4-be129f43577e","eventType":"company.created","generatedDate":"2026-01-01T00:00:00Z","payload":{"referenceCompany":{"id":"0498e921-9b53-4396-a412-4f2f5983b0a2","name":"Toft stores","description":"Retail"}}}',
    },
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
