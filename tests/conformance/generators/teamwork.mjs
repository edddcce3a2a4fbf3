// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'teamwork',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'TASK.CREATED',
      id: '7f0c1d9e-9a11-4d4b-8bd0-1c7fd13f3b21',
      headers: { 'x-projects-event': 'TASK.CREATED', 'x-projects-delivery': '7f0c1d9e-9a11-4d4b-8bd0-1c7fd13f3b21' },
      body: '{"event":{"name":"TASK.CREATED","userId":1},"task":{"id":42,"name":"Fix login","status":"new","dateCreated":"2026-01-01T00:00:00Z","dateUpdated":"2026-01-01T00:00:00Z"},"project":{"id":7,"name":"Website"},"users":[]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-projects-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-projects-signature'], hmac('sha256', secret, request.text));
  },
});
