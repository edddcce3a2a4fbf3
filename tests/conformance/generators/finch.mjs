// packages: @tryfinch/finch-api@10.7.0
import { suite, hmac, put } from '../lib/cases.mjs';
import Finch from '@tryfinch/finch-api';

const client = new Finch({ accessToken: 'token' });

await suite({
  provider: 'finch',
  by: '@tryfinch/finch-api@10.7.0 Webhooks.unwrap',
  config: { secrets: ['5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH'] },
  bodies: [
    {
      name: 'valid',
      type: 'employment.updated',
      id: 'msg_2SlH5jvJZZY7pTGsQEQuaMQlwrJ',
      headers: { 'finch-event-id': 'msg_2SlH5jvJZZY7pTGsQEQuaMQlwrJ' },
      body: '{"company_id":"720be419-0293-4d32-a707-32179b0827ab","account_id":"fb2d3a1c-4c53-4bb1-9e0e-1f2a3b4c5d6e","connection_id":"e8b90071-0c11-471c-86e8-e303ef2f6782","entity_ids":["3bb8cd0e-8b3c-4d1b-9f0c-8b2c1d0e9f8a"],"event_type":"employment.updated","data":{"individual_id":"d02a6346-1f08-4312-a064-49ff3cafaa7a"}}',
    },
    {
      name: 'valid-account-updated',
      type: 'account.updated',
      id: 'msg_2SlH5jvJZZY7pTGsQEQuaMQlwrK',
      headers: { 'finch-event-id': 'msg_2SlH5jvJZZY7pTGsQEQuaMQlwrK' },
      body: '{"company_id":"720be419-0293-4d32-a707-32179b0827ab","account_id":"fb2d3a1c-4c53-4bb1-9e0e-1f2a3b4c5d6e","connection_id":"e8b90071-0c11-471c-86e8-e303ef2f6782","event_type":"account.updated","data":{"status":"connected","authentication_method":"credential"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['finch-timestamp'] = String(now);
    const content = `${request.headers['finch-event-id']}.${now}.${request.text}`;
    request.headers['finch-signature'] = `v1,${hmac('sha256', Buffer.from(secret, 'base64'), content, 'base64')}`;
  },
  accepts(request, secret) {
    client.webhooks.unwrap(request.text, request.headers, secret);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: { 'another-id': (request) => put(request, 'finch-event-id', 'msg_2SlH5jvJZZY7pTGsQEQuaMQlwrL') },
});
