// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (type, id) => JSON.stringify({
  id, type, createdAt: 1767225600000, region: 'sfo1',
  payload: { team: { id: 'team_LLHUOMOoDlqOp8wPE4kFo9pE' }, project: { id: 'prj_cKn0pmXy6Y1C' }, deployment: { id: 'dpl_89qyp1cskzkLrVicDaZoDbjyHuDJ', name: 'exämple' } },
});

await suite({
  provider: 'vercel',
  by: 'none: documented scheme, hex of HMAC-SHA1 of the body',
  config: { secrets: ['Zt7XqLr3ZHxbfgzKeAMOuqwU9y1i5n'] },
  bodies: [
    { name: 'valid', type: 'deployment.created', id: 'evt_5cBq9JmUjYqoPZcYzRxDPQw3', body: event('deployment.created', 'evt_5cBq9JmUjYqoPZcYzRxDPQw3') },
    { name: 'valid-project', type: 'project.removed', id: 'evt_5cBq9JmUjYqoPZcYzRxDPQw4', body: event('project.removed', 'evt_5cBq9JmUjYqoPZcYzRxDPQw4') },
  ],
  sign(request, secret) {
    request.headers['x-vercel-signature'] = hmac('sha1', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-vercel-signature'] ?? '', hmac('sha1', secret, request.body)),
});
