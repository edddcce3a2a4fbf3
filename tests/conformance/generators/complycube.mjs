// packages: @complycube/api@1.1.13
import { suite, hmac } from '../lib/cases.mjs';
import { EventVerifier } from '@complycube/api';

await suite({
  provider: 'complycube',
  by: '@complycube/api@1.1.13 EventVerifier.constructEvent',
  config: { secrets: ['6f0d3b1e9a7c5d4f8b2a1c3e5d7f9b0a'] },
  bodies: [
    {
      name: 'valid',
      type: 'check.completed',
      id: '5eb3b5fb7a4d5f00088e6a5e',
      body: '{"id":"5eb3b5fb7a4d5f00088e6a5e","type":"check.completed","resourceType":"check","payload":{"id":"5eb3b5fb7a4d5f00088e6a5a","clientId":"5eb3b5fb7a4d5f00088e6a50","type":"document_check","outcome":"clear","status":"complete"},"createdAt":"2026-01-01T00:00:00.000Z"}',
    },
    {
      name: 'valid-client-created',
      type: 'client.created',
      id: '5eb3b5fb7a4d5f00088e6a5f',
      body: '{"id":"5eb3b5fb7a4d5f00088e6a5f","type":"client.created","resourceType":"client","payload":{"id":"5eb3b5fb7a4d5f00088e6a51","type":"person","email":"jane@example.com"},"createdAt":"2026-01-01T00:00:05.000Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['complycube-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    new EventVerifier(secret).constructEvent(request.body, request.headers['complycube-signature']);
    return true;
  },
});
