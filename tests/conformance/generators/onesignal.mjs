// packages:
import { suite, same } from '../lib/cases.mjs';

await suite({
  provider: 'onesignal',
  by: 'none: documented scheme, a header of the event stream',
  config: { secrets: ['q7Wm2xK9vT4bN8sLzR5c'] },
  bodies: [
    { name: 'valid', type: 'message.push.clicked', id: '0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f40', body: JSON.stringify({ event: { kind: 'message.push.clicked', id: '0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f40', timestamp: 1767225600, external_id: 'user-42' }, message: { id: '7a4f5e6d-3c2b-4a1f-8e9d-c8b7a6958472' } }) },
    { name: 'valid-sent', type: 'message.push.sent', id: '0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f41', body: JSON.stringify({ event: { kind: 'message.push.sent', id: '0d5b1c0a-7c6b-4b9a-9f0e-5b8c1d2e3f41', timestamp: 1767225600, external_id: 'user-42' }, message: { id: '7a4f5e6d-3c2b-4a1f-8e9d-c8b7a6958472' } }) },
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
