// packages: @adyen/api-library@32.1.0
import { suite, hmac } from '../lib/cases.mjs';
import adyen from '@adyen/api-library';

const validator = new adyen.hmacValidator();
const transfer = (type, status) =>
  JSON.stringify({
    data: {
      balancePlatform: 'YOUR_BALANCE_PLATFORM',
      accountHolder: { id: 'AH00000000000000000000001', description: 'Your account holder' },
      amount: { currency: 'EUR', value: 7000 },
      category: 'bank',
      direction: 'outgoing',
      id: '1W1UG35U8A9J5ZLG',
      sequenceNumber: 1,
      status,
    },
    environment: 'test',
    timestamp: '2026-01-01T00:00:00+01:00',
    type,
  });

await suite({
  provider: 'adyen-balance-platform',
  by: '@adyen/api-library@32.1.0 hmacValidator.validateHMACSignature',
  config: { secrets: ['9BA1551E00000000000000000000000C8BFE44A1B2A5AF2A3C3D6C3C7B1E8A42'] },
  headers: { 'content-type': 'application/json', protocol: 'HmacSHA256' },
  bodies: [
    { name: 'valid', type: 'balancePlatform.transfer.created', body: transfer('balancePlatform.transfer.created', 'received') },
    { name: 'valid-update', type: 'balancePlatform.transfer.updated', body: transfer('balancePlatform.transfer.updated', 'booked') },
  ],
  sign: (request, secret) => void (request.headers.hmacsignature = hmac('sha256', Buffer.from(secret, 'hex'), request.body, 'base64')),
  accepts: (request, secret) => validator.validateHMACSignature(secret, request.headers.hmacsignature, request.text),
  longBody: 2000,
});
