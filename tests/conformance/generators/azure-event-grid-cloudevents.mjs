// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

const token = { query: 'token' };
const event = (id) => ({
  specversion: '1.0',
  type: 'Microsoft.Storage.BlobCreated',
  source: '/subscriptions/319a9601/storageAccounts/myaccount',
  id,
  time: '2026-01-01T00:00:00.0000000Z',
  subject: '/blobServices/default/containers/logs/blobs/file1.txt',
  data: { api: 'PutBlockList', contentType: 'text/plain', url: 'https://myaccount.blob.core.windows.net/logs/file1.txt' },
});
const type = 'Microsoft.Storage.BlobCreated';
const id = '/subscriptions/319a9601/storageAccounts/myaccount#173d9985';
const url = 'https://hooks.example.com/in/azure-event-grid-cloudevents';
const options = (change = {}) => ({ method: 'OPTIONS', headers: { 'webhook-request-origin': 'eventgrid.azure.net', 'webhook-request-rate': '120', ...change } });

await suite({
  provider: 'azure-event-grid-cloudevents',
  by: 'none: documented scheme, a token in the URL and the CloudEvents handshake',
  config: { secrets: ['0b6f1c3a9d2e4f5a8b7c6d5e4f3a2b1c'] },
  headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', 'aeg-event-type': 'Notification' },
  bodies: [
    { name: 'valid', type, id, body: JSON.stringify(event('173d9985')) },
    { name: 'valid-batch', type, id, headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify([event('173d9985'), event('173d9986')]) },
    {
      name: 'valid-binary', type, id, body: '{"api":"PutBlockList"}',
      headers: {
        'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-type': type, 'ce-id': '173d9985',
        'ce-source': '/subscriptions/319a9601/storageAccounts/myaccount', 'ce-time': '2026-01-01T00:00:00Z',
      },
    },
  ],
  sign: (request, secret) => put(request, token, secret),
  accepts: (request, secret) => request.method === 'POST' && same(read(request, token), secret),
  signature: token,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'options', expect: 'handshake', expect_status: 200, expect_reply: '', sign: true, url, ...options() },
    { case: 'options-no-token', expect: 'reject', url, ...options() },
    { case: 'options-wrong-token', expect: 'reject', url: `${url}?token=another`, ...options() },
    { case: 'options-odd-origin', expect: 'reject', url: `${url}?token=0b6f1c3a9d2e4f5a8b7c6d5e4f3a2b1c`, ...options({ 'webhook-request-origin': '<script>' }) },
  ],
});
