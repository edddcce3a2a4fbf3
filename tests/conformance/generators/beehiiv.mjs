// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'svix';

const event = (id, type, status) => ({
  type,
  id,
  headers: { 'svix-id': id },
  body: JSON.stringify({ event_type: type, event_timestamp: 1767225600, uid: 'evt_7e0a4f9c', data: { id: 'sub_8e9d6c5b', email: 'jon@example.com', status, created: 1767225600 } }),
});

await suite({
  provider: 'beehiiv',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] },
  bodies: [
    { name: 'valid', ...event('msg_2mKQxTjNcK5bQw1VxqK3n5rYp0a', 'subscription.created', 'active') },
    { name: 'valid-deleted', ...event('msg_2mKQxTjNcK5bQw1VxqK3n5rYp0b', 'subscription.deleted', 'inactive') },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = new Webhook(secret).sign(request.headers['svix-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers); // it throws or returns nothing
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'changed-svix-id': (request) => void (request.headers['svix-id'] = 'msg_2mKQxTjNcK5bQw1VxqK3n5rYp0z'),
    'missing-svix-id': (request) => void delete request.headers['svix-id'],
  },
});
