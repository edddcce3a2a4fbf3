// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, type, id, more) => ({ name, type, id, headers: { 'x-atlassian-webhook-identifier': id }, body: JSON.stringify({ timestamp: 1767225600000, webhookEvent: type, ...more }) });
const issue = { id: '10002', key: 'PROJ-123', fields: { summary: 'Der Knopf ist schief', status: { name: 'In Progress' } } };

await suite({
  provider: 'jira',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex after sha256=',
  config: { secrets: ['jira-webhook-9Zx4Qm2LrT7v'] },
  bodies: [
    event('valid', 'jira:issue_updated', '8a1f2b3c-4d5e-6f70-8192-a3b4c5d6e7f8', { issue_event_type_name: 'issue_generic', user: { accountId: '5b10a2844c20165700ede21g' }, issue }),
    event('valid-comment', 'comment_created', '8a1f2b3c-4d5e-6f70-8192-a3b4c5d6e7f9', { comment: { id: '10100', body: 'I can reproduce it.' }, issue }),
  ],
  sign(request, secret) {
    request.headers['x-hub-signature'] = `sha256=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-hub-signature'], `sha256=${hmac('sha256', secret, request.body)}`),
  extra: [
    // The example in the documents.
    {
      case: 'docs-test-vector', expect: 'accept', config: { secrets: ["It's a Secret to Everybody"] }, body: 'Hello World!',
      headers: { 'content-type': 'application/json', 'x-hub-signature': 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9' },
    },
  ],
});
