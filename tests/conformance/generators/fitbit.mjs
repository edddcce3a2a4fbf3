// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'fitbit',
  by: 'none: documented scheme',
  config: { secrets: ['4f3c2b1a0e9d8c7b6a5f4e3d2c1b0a9f'], verification_code: '3a5c8f72e6d9' },
  bodies: [
    {
      name: 'valid',
      type: 'foods',
      body: '[{"collectionType":"foods","date":"2026-01-01","ownerId":"USER_1","ownerType":"user","subscriptionId":"1234"},{"collectionType":"activities","date":"2026-01-01","ownerId":"X1Y2Z3","ownerType":"user","subscriptionId":"2345"}]',
    },
  ],
  sign(request, secret) {
    request.headers['x-fitbit-signature'] = hmac('sha1', `${secret}&`, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-fitbit-signature'], hmac('sha1', `${secret}&`, request.text, 'base64'));
  },
  extra: [
    { case: 'verify', expect: 'handshake', method: 'GET', url: 'https://hooks.example.com/in/fitbit?verify=3a5c8f72e6d9', headers: {}, expect_status: 204, expect_reply: '' },
    { case: 'verify-wrong-code', expect: 'reject', method: 'GET', url: 'https://hooks.example.com/in/fitbit?verify=wrong', headers: { 'x-fitbit-signature': '' } },
  ],
});
