// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

const event = (id, type, rest) => ({
  type,
  id,
  headers: { 'webhook-id': id },
  body: JSON.stringify({ event_type: type, ...rest, company_id: 'cuacc_clgo8a1b2c3d4e5f6g7h8i9j0' }),
});

await suite({
  provider: 'brex',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['plJ3nmyCDGBKInavdOK15jsl4sx8Mk2q'] },
  bodies: [
    { name: 'valid', ...event('msg_2mKQxTjNcK5bQw1VxqK3n5rYp0a', 'TRANSFER_PROCESSED', { transfer_id: 'dptx_clgo8a1b2c3d4e5f6g7h8i9j0', payment_type: 'ACH', return_for_id: null }) },
    { name: 'valid-user', ...event('msg_2mKQxTjNcK5bQw1VxqK3n5rYp0b', 'USER_UPDATED', { user_id: 'cuuser_clgo8a1b2c3d4e5f6g7h8i9j0', updated_attributes: ['STATUS'] }) },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    const signature = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
    request.headers['webhook-signature'] = signature;
  },
  accepts: (request, secret) => Boolean(new Webhook(secret).verify(request.text, request.headers)),
  timestamped: { tolerance_s: 300 },
  forge: {
    'changed-webhook-id': (request) => void (request.headers['webhook-id'] = 'msg_2mKQxTjNcK5bQw1VxqK3n5rYp0z'),
    'missing-webhook-id': (request) => void delete request.headers['webhook-id'],
  },
});
