// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

const token = { query: 'token' };
const secret = '0b6f1c3a9d2e4f5a8b7c6d5e4f3a2b1c';
const topic = '/subscriptions/319a9601/storageAccounts/myaccount';
const event = (id) => ({
  topic,
  subject: '/blobServices/default/containers/logs/blobs/file1.txt',
  eventType: 'Microsoft.Storage.BlobCreated',
  id,
  data: { api: 'PutBlockList', contentType: 'text/plain', url: 'https://myaccount.blob.core.windows.net/logs/file1.txt' },
  dataVersion: '', metadataVersion: '1', eventTime: '2026-01-01T00:00:00.0000000Z',
});
const validation = (validationCode) => JSON.stringify([{
  id: '2d1781af-3a4c-4d7c-bd0c-e34b19da4e66', topic, subject: '',
  data: { validationCode, validationUrl: 'https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/myeventsub/validate?id=1' },
  eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', eventTime: '2026-01-01T00:00:00Z', metadataVersion: '1', dataVersion: '1',
}]);
const url = 'https://hooks.example.com/in/azure-event-grid';
const headers = { 'content-type': 'application/json', 'aeg-event-type': 'SubscriptionValidation' };
const code = '512d38b6-c7b8-40c8-89fe-f46f9e9622b6';

await suite({
  provider: 'azure-event-grid',
  by: 'none: documented scheme, a token in the URL and the validation event',
  config: { secrets: [secret] },
  headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification' },
  bodies: [
    { name: 'valid', type: 'Microsoft.Storage.BlobCreated', id: `${topic}#173d9985`, body: JSON.stringify([event('173d9985')]) },
    { name: 'valid-batch', type: 'Microsoft.Storage.BlobCreated', id: `${topic}#173d9985`, body: JSON.stringify([event('173d9985'), event('173d9986')]) },
  ],
  sign: (request, secret) => put(request, token, secret),
  accepts: (request, secret) => same(read(request, token), secret) && !request.text.includes('<script>'),
  signature: token,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'validation', expect: 'handshake', expect_status: 200, expect_reply: `{"validationResponse":"${code}"}`, sign: true, url, headers, body: validation(code) },
    { case: 'validation-no-token', expect: 'reject', url, headers, body: validation(code) },
    { case: 'validation-wrong-token', expect: 'reject', url: `${url}?token=another`, headers, body: validation(code) },
    { case: 'validation-odd-code', expect: 'reject', sign: true, url, headers, body: validation('<script>') },
  ],
});
