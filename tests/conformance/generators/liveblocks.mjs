// packages: @liveblocks/node@3.24.2
import { suite, hmac } from '../lib/cases.mjs';
import { WebhookHandler } from '@liveblocks/node';

const comment = { projectId: 'my-project-id', roomId: 'my-room-id', threadId: 'th_d75sF3', commentId: 'cm_agH76a', createdAt: '2026-01-01T00:00:00.000Z', createdBy: 'my-user-id' };
const storage = { roomId: 'my-room-id', projectId: 'my-project-id', updatedAt: '2026-01-01T00:00:00.000Z' };
const body = (name, id, type, data) => ({ name, type, id, headers: { 'webhook-id': id }, body: JSON.stringify({ type, data }) });

await suite({
  provider: 'liveblocks',
  by: '@liveblocks/node@3.24.2 WebhookHandler.verifyRequest',
  config: { secrets: ['whsec_wQ7q2kYVjzXrVgZpRjWbHkL0s9eT1mNc'] },
  bodies: [
    body('valid', 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga2', 'commentCreated', comment),
    body('valid-storage', 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga3', 'storageUpdated', storage),
  ],
  sign(request, secret, now) {
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', key, `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts({ headers, text: rawBody }, secret) {
    new WebhookHandler(secret).verifyRequest({ headers, rawBody });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_1srOrx2ZWZBpBUvZwXKQmoEYga4'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
  },
});
