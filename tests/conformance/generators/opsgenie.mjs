// packages:
import { suite, same } from '../lib/cases.mjs';

await suite({
  provider: 'opsgenie',
  by: 'none: documented scheme, a custom header of the integration',
  config: { secrets: ['q7Wm2xK9vT4bN8sLzR5c'] },
  bodies: [
    { name: 'valid', type: 'alert.Create', id: '052652ac-5d1c-464a-812a-7dd18bbfba8c:Create:1767225600000000', body: JSON.stringify({ action: 'Create', alert: { alertId: '052652ac-5d1c-464a-812a-7dd18bbfba8c', message: 'CPU load over 90 %', createdAt: 1767225600000, updatedAt: 1767225600000000, priority: 'P2' }, integrationName: 'Hookferry' }) },
    { name: 'valid-close', type: 'alert.Close', id: '052652ac-5d1c-464a-812a-7dd18bbfba8c:Close:1767225700000000', body: JSON.stringify({ action: 'Close', alert: { alertId: '052652ac-5d1c-464a-812a-7dd18bbfba8c', message: 'CPU load over 90 %', createdAt: 1767225600000, updatedAt: 1767225700000000, priority: 'P2' }, integrationName: 'Hookferry' }) },
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
