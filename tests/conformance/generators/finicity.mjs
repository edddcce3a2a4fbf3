// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const url = 'https://hooks.example.com/in/finicity';
const txpush = '{"event":{"class":"transaction","type":"created","records":[{"id":1234567,"customerId":41442,"accountId":2055,"amount":-12.5,"description":"Coffee"}]}}';

await suite({
  provider: 'finicity',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['AbCdEfGhIjKlMnOpQrSt'] },
  bodies: [
    {
      name: 'valid',
      type: 'added',
      id: '1767225600000-9c5d4a1b0f2e',
      body: '{"customerId":"1005061234","consumerId":"ed81281fcec7ec557aa7d292a3188b75","eventType":"added","eventId":"1767225600000-9c5d4a1b0f2e","payload":{"accounts":[{"id":"5011648377","number":"2000004444","name":"Super Checking","balance":401.26,"type":"checking","status":"active","customerId":"1005061234","institutionId":"101732","createdDate":1767225599,"currency":"USD","institutionLoginId":1007302745}],"institutionId":"101732","oauth":false}}',
    },
    {
      name: 'valid-done',
      type: 'done',
      id: '1767225605000-9c5d4a1b0f2f',
      body: '{"customerId":"1005061234","consumerId":"ed81281fcec7ec557aa7d292a3188b75","eventType":"done","eventId":"1767225605000-9c5d4a1b0f2f","payload":{"success":true}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-finicity-signature'] = hmac('sha256', secret, request.body)),
  accepts: (request, secret) => same(request.headers['x-finicity-signature'] ?? request.headers['txpush-signature'], hmac('sha256', secret, request.body)),
  extra: [
    { case: 'valid-txpush', expect: 'accept', type: 'transaction.created', body: txpush, headers: { 'content-type': 'application/json', 'txpush-signature': hmac('sha256', 'AbCdEfGhIjKlMnOpQrSt', txpush) } },
    { case: 'verification', expect: 'handshake', expect_status: 200, expect_reply: '17f3c2a9b8d04e6f', method: 'GET', headers: {}, url: `${url}?txpush_verification_code=17f3c2a9b8d04e6f` },
    { case: 'verification-odd', expect: 'reject', method: 'GET', headers: {}, url: `${url}?txpush_verification_code=%3Cscript%3E` },
    { case: 'get-without-code', expect: 'reject', method: 'GET', headers: {}, url },
  ],
});
