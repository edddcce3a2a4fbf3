// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'cursor',
  by: 'none: documented scheme, sha256= and HMAC-SHA256 of the body in hex',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4Fg0Ha1Sd'] },
  bodies: [
    {
      name: 'valid',
      type: 'statusChange',
      headers: { 'user-agent': 'Cursor-Agent-Webhook/1.0', 'x-webhook-id': 'msg_01234567890', 'x-webhook-event': 'statusChange' },
      body: '{"event":"statusChange","timestamp":"2026-01-01T00:00:00.417Z","id":"bc_5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","status":"FINISHED","source":{"repository":"https://github.com/your-org/your-repo","ref":"main"},"target":{"url":"https://cursor.com/agents?id=bc_5f1c2e8a","branchName":"cursor/add-readme-1234","prUrl":"https://github.com/your-org/your-repo/pull/1234"},"summary":"Added README.md with installation instructions"}',
    },
    {
      name: 'valid-error',
      type: 'statusChange',
      id: 'edbf31d1961a228a4d503bb21a7f17ec7a742d967c65b18e051bacc0735ece93',
      headers: { 'user-agent': 'Cursor-Agent-Webhook/1.0', 'x-webhook-id': 'msg_01234567890', 'x-webhook-event': 'statusChange' },
      body: '{"event":"statusChange","timestamp":"2026-01-01T00:00:00.417Z","id":"bc_5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","status":"ERROR","source":{"repository":"https://github.com/your-org/your-repo","ref":"main"},"target":{"url":"https://cursor.com/agents?id=bc_5f1c2e8a","branchName":"cursor/add-readme-1234","prUrl":"https://github.com/your-org/your-repo/pull/1234"},"summary":"The agent could not finish"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-webhook-signature'] = `sha256=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-webhook-signature'], `sha256=${hmac('sha256', secret, request.body)}`),
});
