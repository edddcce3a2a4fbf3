// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'folk',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'person.created',
      id: 'evt_6004f2ef-dcc3-4c56-a704-9326730ad100',
      headers: { 'webhook-id': 'evt_6004f2ef-dcc3-4c56-a704-9326730ad100' },
      body: '{"id":"evt_6004f2ef-dcc3-4c56-a704-9326730ad100","type":"person.created","source":"https://api.folk.app/v1/webhooks/wbk_2f15ec4f-0f70-4884-a43d-1f88ef7a6665","createdAt":"2026-01-01T00:00:00.000Z","data":{"id":"per_183da0f5-4c8b-4c9f-8f0d-2a9a6d1a1b2c","url":"https://api.folk.app/v1/people/per_183da0f5-4c8b-4c9f-8f0d-2a9a6d1a1b2c"}}',
    },
    {
      name: 'valid-company-updated',
      type: 'company.updated',
      id: 'evt_6004f2ef-dcc3-4c56-a704-9326730ad101',
      headers: { 'webhook-id': 'evt_6004f2ef-dcc3-4c56-a704-9326730ad101' },
      body: '{"id":"evt_6004f2ef-dcc3-4c56-a704-9326730ad101","type":"company.updated","source":"https://api.folk.app/v1/webhooks/wbk_2f15ec4f-0f70-4884-a43d-1f88ef7a6665","createdAt":"2026-01-01T00:00:05.000Z","data":{"id":"com_92346499-30bf-4278-ae8e-4aa3ae2ace2c","url":"https://api.folk.app/v1/companies/com_92346499-30bf-4278-ae8e-4aa3ae2ace2c"}}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
