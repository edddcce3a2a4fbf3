// packages: @payos/node@2.0.5
import { suite, put } from '../lib/cases.mjs';
import { PayOS } from '@payos/node';

const client = (checksumKey) => new PayOS({ clientId: 'id', apiKey: 'key', checksumKey });

await suite({
  provider: 'payos',
  by: '@payos/node@2.0.5 webhooks.verify',
  config: { secrets: ['1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment',
      id: 'TF230204212323',
      body: '{"code":"00","desc":"success","success":true,"data":{"orderCode":123,"amount":3000,"description":"VQRIO123","accountNumber":"12345678","reference":"TF230204212323","transactionDateTime":"2026-01-01 18:25:00","currency":"VND","paymentLinkId":"124c33293c43417ab7879e14c8d9eb18","code":"00","desc":"Thành công","counterAccountBankId":"","counterAccountBankName":"","counterAccountName":null,"counterAccountNumber":null,"virtualAccountName":"","virtualAccountNumber":""},"signature":""}',
    },
  ],
  async sign(request, secret) {
    put(request, { json: '/signature' }, await client(secret).crypto.createSignatureFromObj(request.json.data, secret));
  },
  async accepts(request, secret) {
    await client(secret).webhooks.verify(request.json);
    return true;
  },
  signature: { json: '/signature' },
  // Only the members of data are signed, so other JSON around them means nothing here.
  oddBodies: false,
  covers: [],
  forge: {
    'tampered-amount': (request) => put(request, { json: '/data/description' }, 'VQRIO124'),
    'added-member': (request) => put(request, { json: '/data/extra' }, 'x'),
    'empty-data': (request) => {
      request.body = Buffer.from(JSON.stringify({ ...request.json, data: {} }));
    },
  },
});
