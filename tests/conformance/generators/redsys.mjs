// packages:
import { createCipheriv } from 'node:crypto';
import { suite, hmac, put, read, same } from '../lib/cases.mjs';

const place = { form: 'Ds_Signature' };
const expected = (request, secret) => {
  const parameters = read(request, { form: 'Ds_MerchantParameters' });
  const order = Buffer.from(JSON.parse(Buffer.from(parameters, 'base64')).Ds_Order);
  const cipher = createCipheriv('des-ede3-cbc', Buffer.from(secret, 'base64'), Buffer.alloc(8)).setAutoPadding(false);
  const key = Buffer.concat([cipher.update(Buffer.concat([order, Buffer.alloc((8 - (order.length % 8)) % 8)])), cipher.final()]);
  return hmac('sha256', key, parameters, 'base64').replaceAll('+', '-').replaceAll('/', '_');
};
const paid = (order, response) => new URLSearchParams({
  Ds_SignatureVersion: 'HMAC_SHA256_V1',
  Ds_MerchantParameters: Buffer.from(JSON.stringify({ Ds_Date: '01%2F01%2F2026', Ds_Hour: '00%3A00', Ds_Amount: '1990', Ds_Currency: '978', Ds_Order: order, Ds_MerchantCode: '999008881', Ds_Terminal: '001', Ds_Response: response, Ds_TransactionType: '0', Ds_AuthorisationCode: '123456' })).toString('base64url'),
  Ds_Signature: '',
}).toString();

await suite({
  provider: 'redsys',
  by: 'none: documented scheme, HMAC under a key made of the secret and the order',
  config: { secrets: ['sq7HjrUOBfKmC576ILgskD5srU870gJ7'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'payment.0000', id: '1446068581:0000', body: paid('1446068581', '0000') },
    { name: 'valid-refused', type: 'payment.0190', id: '1446068582:0190', body: paid('1446068582', '0190') },
  ],
  sign: (request, secret) => put(request, place, expected(request, secret)),
  accepts: (request, secret) => same((read(request, place) ?? '').replaceAll('=', ''), expected(request, secret).replaceAll('=', '')),
  signature: place,
  covers: [], // Only the field Ds_MerchantParameters is signed.
  oddBodies: false,
  forge: { 'another-order': (request) => put(request, { form: 'Ds_MerchantParameters' }, read({ text: paid('1446068582', '0000') }, { form: 'Ds_MerchantParameters' })) },
});
