// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'whereby',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'room.client.joined',
      id: 'af7fd1b2-5f1c-4e8a-8b1d-4b0e9b550d6a',
      body: '{"id":"af7fd1b2-5f1c-4e8a-8b1d-4b0e9b550d6a","apiVersion":"1.0","createdAt":"2026-01-01T00:00:00.000Z","type":"room.client.joined","data":{"meetingId":"1","roomName":"/room-1","subdomain":"acme","roleName":"visitor","numClients":2,"participantId":"p1","displayName":"Jon"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['whereby-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['whereby-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
