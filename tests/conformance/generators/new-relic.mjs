// packages:
import { suite, same } from '../lib/cases.mjs';

await suite({
  provider: 'new-relic',
  by: 'none: documented scheme, the bearer token of the destination',
  config: { secrets: ['q7Wm2xK9vT4bN8sLzR5c'] },
  bodies: [
    { name: 'valid', type: 'issue.activated', body: JSON.stringify({ id: 'd1b1f3fd-995a-4066-88ab-8ce4f6960654', title: 'Memory Used % > 90', priority: 'CRITICAL', state: 'ACTIVATED', trigger: 'STATE_CHANGE', createdAt: 1767225590000, updatedAt: 1767225600000, workflowName: 'DBA Team workflow' }) },
    { name: 'valid-closed', type: 'issue.closed', body: JSON.stringify({ id: 'd1b1f3fd-995a-4066-88ab-8ce4f6960654', title: 'Memory Used % > 90', priority: 'CRITICAL', state: 'CLOSED', trigger: 'STATE_CHANGE', createdAt: 1767225590000, updatedAt: 1767225600000, workflowName: 'DBA Team workflow' }) },
  ],
  sign(request, secret) {
    request.headers.authorization = `Bearer ${secret}`;
  },
  accepts: (request, secret) => same(request.headers.authorization ?? '', `Bearer ${secret}`),
  signature: 'authorization',
  covers: [], // Nothing but the token is looked at.
  oddBodies: false,
  forge: {
    'without-a-scheme': (request) => void (request.headers.authorization = request.headers.authorization.slice(7)),
  },
});
