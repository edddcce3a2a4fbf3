// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', Buffer.from(secret, 'base64'), `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'mercury',
  by: 'none: documented scheme',
  config: { secrets: ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] },
  bodies: [
    {
      name: 'valid',
      type: 'transaction.update',
      id: 'e0b6a1a9-0e0f-4d55-8f6a-2a6d6b3f9c11',
      body: '{"id":"e0b6a1a9-0e0f-4d55-8f6a-2a6d6b3f9c11","resourceType":"transaction","resourceId":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","operationType":"update","resourceVersion":2,"occurredAt":"2026-01-01T00:00:00.000000Z","changedPaths":["status"],"mergePatch":{"status":"sent"},"previousValues":{"status":"pending"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['mercury-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['mercury-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
