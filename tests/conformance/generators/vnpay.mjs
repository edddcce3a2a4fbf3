// packages: vnpay@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { VNPay, HashAlgorithm, ignoreLogger } from 'vnpay';

const vnpay = (secureSecret) => new VNPay({ tmnCode: 'CTTVNP01', secureSecret, hashAlgorithm: HashAlgorithm.SHA512, loggerFn: ignoreLogger });
const url = (number, status) =>
  'https://hooks.example.com/in/vnpay?vnp_Amount=1000000&vnp_BankCode=NCB&vnp_BankTranNo=VNP14226112&vnp_CardType=ATM' +
  '&vnp_OrderInfo=Thanh+toan+don+hang+thoi+gian%3A+2026-01-01+07%3A00%3A44&vnp_PayDate=20260101070112' +
  `&vnp_ResponseCode=${status}&vnp_TmnCode=CTTVNP01&vnp_TransactionNo=${number}&vnp_TransactionStatus=${status}&vnp_TxnRef=166117`;
const signed = (request) => new URL(request.url).search.slice(1).split('&').filter((pair) => !pair.startsWith('vnp_SecureHash')).join('&');

await suite({
  provider: 'vnpay',
  by: 'vnpay@2.5.0 VNPay.verifyIpnCall',
  config: { secrets: ['QFZOUFZIYWZXNTDPTHYCKGSBQKHOLPDR'] },
  method: 'GET',
  headers: {},
  bodies: [
    { name: 'valid', type: 'payment.succeeded', url: url(14226112, '00') },
    { name: 'valid-failed', type: 'payment.failed', url: url(14226113, '02') },
  ],
  sign(request, secret) {
    put(request, { query: 'vnp_SecureHash' }, hmac('sha512', secret, signed(request)));
  },
  accepts(request, secret) {
    return vnpay(secret).verifyIpnCall(Object.fromEntries(new URL(request.url).searchParams)).isVerified;
  },
  signature: { query: 'vnp_SecureHash' },
  covers: [], // the query is judged below
  oddBodies: false,
  forge: {
    'tampered-amount': (request) => put(request, { query: 'vnp_Amount' }, '100'),
    'tampered-status': (request) => put(request, { query: 'vnp_TransactionStatus' }, '02'),
    'parameter-removed': (request) => put(request, { query: 'vnp_BankCode' }, undefined),
    'parameter-twice': (request) => {
      request.url += '&vnp_TxnRef=166118';
    },
  },
});
