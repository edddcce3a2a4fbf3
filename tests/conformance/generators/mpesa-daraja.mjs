// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { query: 'token' };

await suite({
  provider: 'mpesa-daraja',
  by: "none: nothing is signed; a token of one's own in the URL",
  config: { secrets: ['q7Wm2xK9vT4bN8sL'] },
  bodies: [
    { name: 'valid', type: 'stk', id: 'ws_CO_01012026000000123456', body: JSON.stringify({ Body: { stkCallback: { MerchantRequestID: '29115-34620561-1', CheckoutRequestID: 'ws_CO_01012026000000123456', ResultCode: 0, ResultDesc: 'The service request is processed successfully.' } } }) },
    { name: 'valid-c2b', type: 'c2b', body: JSON.stringify({ TransactionType: 'Pay Bill', TransID: 'RKTQDM7W6S', TransAmount: '10', BusinessShortCode: '600638', FirstName: 'Zoë' }) },
    { name: 'valid-result', type: 'result', id: 'AG_20260101_00004e48cf7e3533f581', body: JSON.stringify({ Result: { ResultType: 0, ResultCode: 0, OriginatorConversationID: '10571-7910404-1', ConversationID: 'AG_20260101_00004e48cf7e3533f581', TransactionID: 'NLJ41HAY6Q' } }) },
  ],
  sign: (request, secret) => put(request, place, secret),
  accepts: (request, secret) => same(read(request, place), secret),
  signature: place,
  covers: [], // Nothing but the token is looked at.
  longBody: 1000,
});
