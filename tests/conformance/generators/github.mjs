// packages: @octokit/webhooks-methods@6.0.0 @octokit/webhooks-examples@7.6.1
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';
import { sign, verify } from '@octokit/webhooks-methods';

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples');
const secret = "It's a Secret to Everybody";
const delivery = (number) => `72d3162e-cc78-11e3-81ab-4c9367dc09${number}`;
const headers = (event, id) => ({ 'x-github-event': event, 'x-github-delivery': id, 'x-github-hook-id': '292430182', 'user-agent': 'GitHub-Hookshot/044aadd' });
const push = '{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","after":"0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c","created":false,"deleted":false,"forced":false,"repository":{"id":186853002,"full_name":"octo-org/hello-world"},"sender":{"login":"octocat","id":583231},"commits":[]}';
const edited = '{"action":"edited","issue":{"id":444500041,"number":1,"title":"Spelling error & more"},"repository":{"id":186853002,"full_name":"octo-org/hello-world"}}';

// The shortest of GitHub's payloads of each of these events.
const events = ['check_run', 'dependabot_alert', 'deployment', 'installation', 'issue_comment', 'issues', 'member', 'ping', 'pull_request', 'release', 'security_advisory', 'star'];
const shortest = (event) => {
  const payloads = examples.find(({ name }) => name === event).examples;
  return payloads.reduce((best, one) => (JSON.stringify(one).length < JSON.stringify(best).length ? one : best));
};
const payload = (event, index) => {
  const id = delivery(index + 10);
  const body = shortest(event);
  const type = body.action ? `${event}.${body.action}` : event;
  return { name: `valid-${event.replaceAll('_', '-')}`, type, id, headers: headers(event, id), body: JSON.stringify(body) };
};

await suite({
  provider: 'github',
  by: '@octokit/webhooks-methods@6.0.0 verify',
  config: { secrets: [secret] },
  bodies: [{ name: 'valid', type: 'push', id: delivery(58), headers: headers('push', delivery(58)), body: push }, ...events.map(payload)],
  async sign(request, secret) {
    request.headers['x-hub-signature-256'] = await sign(secret, request.text);
    request.headers['x-hub-signature'] = `sha1=${hmac('sha1', secret, request.body)}`;
  },
  accepts: (request, secret) => verify(secret, request.text, request.headers['x-hub-signature-256']),
  signature: 'x-hub-signature-256',
  forge: {
    'no-prefix': (request) => void (request.headers['x-hub-signature-256'] = hmac('sha256', secret, request.body)),
    'sha1-value-in-256-header': (request) => void (request.headers['x-hub-signature-256'] = request.headers['x-hub-signature']),
    'sha1-value-with-256-prefix': (request) => void (request.headers['x-hub-signature-256'] = `sha256=${hmac('sha1', secret, request.body)}`),
    'sha256-value-in-old-header': (request) => void ((request.headers['x-hub-signature'] = request.headers['x-hub-signature-256']), delete request.headers['x-hub-signature-256']),
  },
  extra: [
    {
      case: 'valid-form-encoded', expect: 'accept', type: 'issues.edited', id: delivery(59), sign: true,
      headers: { ...headers('issues', delivery(59)), 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ payload: edited }).toString(),
    },
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    {
      case: 'docs-test-vector', expect: 'accept', type: 'ping', body: 'Hello, World!',
      headers: { 'content-type': 'text/plain', 'x-github-event': 'ping', 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
    },
  ],
});
