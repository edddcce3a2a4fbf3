// packages:
import { suite, hmac, same } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

await suite({
  provider: 'lenco',
  by: 'none: documented scheme',
  config: { secrets: ['xo+CAiijrIy9XvZCYyhjrv0fpSAL6CfU8CgA'] },
  bodies: [
    {
      name: 'valid',
      type: 'collection.successful',
      body: '{"event":"collection.successful","data":{"id":"d7bd9ccb-0737-4e72-a387-d00454341f21","initiatedAt":"2026-01-01T00:00:00.000Z","completedAt":"2026-01-01T00:00:05.000Z","amount":"10.00","fee":"0.25","bearer":"merchant","currency":"ZMW","reference":"order-42","lencoReference":"240720004","type":"mobile-money","status":"successful"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-lenco-signature'] = hmac('sha512', createHash('sha256').update(secret).digest('hex'), request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-lenco-signature'], hmac('sha512', createHash('sha256').update(secret).digest('hex'), request.text));
  },
});
