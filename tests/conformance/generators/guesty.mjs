// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'guesty',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'reservation.new',
      id: 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEJ',
      headers: { 'svix-id': 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEJ' },
      body: '{"reservation":{"_id":"6310a0759dcce60032e95a6c","accountId":"62a8a2be2e53190032102a6e","listingId":"62a8a2be2e53190032102a70","guestId":"62a8a2be2e53190032102a71","confirmationCode":"HMXYZ12345","status":"confirmed","checkIn":"2026-02-01T15:00:00.000Z","checkOut":"2026-02-04T11:00:00.000Z","guestsCount":2,"money":{"currency":"USD","hostPayout":420},"source":"manual","createdAt":"2026-01-01T00:00:00.000Z"},"event":"reservation.new"}',
    },
    {
      name: 'valid-guest-created',
      type: 'guest.created',
      id: 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEK',
      headers: { 'svix-id': 'msg_2NNEqL2nrIRxCBNiiSPAKxvlkEK' },
      body: '{"guest":{"_id":"6310a0759dcce60032e95a6d","firstName":"Gerald","lastName":"Charlton","email":"gerald@example.com","accountId":"62a8a2be2e53190032102a6e","fullName":"Gerald Charlton","phone":"12016665626"},"by":"host@example.com","event":"guest.created"}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = new Webhook(secret).sign(request.headers['svix-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['svix-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['svix-id'],
    'another-version': (request) => void (request.headers['svix-signature'] = request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
});
