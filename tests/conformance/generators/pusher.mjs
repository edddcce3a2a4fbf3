// packages: pusher@5.3.4
import { suite, hmac } from '../lib/cases.mjs';
import Pusher from 'pusher';

const key = '8a2f6c1e9b3d5f7a0c4e';
const events = (...events) => JSON.stringify({ time_ms: 1767225600000, events });
const occupied = { channel: 'presence-room-42', name: 'channel_occupied' };

await suite({
  provider: 'pusher',
  by: 'pusher@5.3.4 Webhook.isValid',
  config: { secrets: ['4f1d8b2a6c9e3f70d5a1'] },
  headers: { 'content-type': 'application/json', 'x-pusher-key': key },
  bodies: [
    { name: 'valid', type: 'channel_occupied', body: events(occupied) },
    { name: 'valid-batch', type: 'member_added', body: events({ channel: 'presence-room-42', name: 'member_added', user_id: '1234' }, occupied) },
    { name: 'valid-client-event', type: 'client_event', body: events({ name: 'client_event', channel: 'presence-room-42', event: 'client-typing', data: '{"typing":true}', socket_id: '123456.78910', user_id: '1234' }) },
  ],
  sign(request, secret) {
    request.headers['x-pusher-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => new Pusher({ appId: '1', key, secret, cluster: 'eu' }).webhook({ headers: request.headers, rawBody: request.text }).isValid(),
});
