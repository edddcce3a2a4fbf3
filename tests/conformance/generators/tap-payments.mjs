// packages:
import { suite, hmac, put, same } from '../lib/cases.mjs';

const signed = ({ json: body }, secret) => {
  const amount = Number(body.amount).toFixed(['BHD', 'JOD', 'KWD', 'OMR'].includes(body.currency) ? 3 : 2);
  const middle = body.object === 'invoice'
    ? `x_updated${body.updated}x_status${body.status}x_created${body.created}`
    : `x_gateway_reference${body.reference?.gateway ?? ''}x_payment_reference${body.reference?.payment ?? ''}x_status${body.status}x_created${body.transaction.created}`;
  return hmac('sha256', secret, `x_id${body.id}x_amount${amount}x_currency${body.currency}${middle}`);
};
const set = (pointer, value) => (request) => put(request, { json: pointer }, value);

await suite({
  provider: 'tap-payments',
  by: 'none: documented scheme, HMAC-SHA256 of some fields in hex',
  config: { secrets: ['sk_test_XKokBfNWv6FIYuTMg5sLPjhJ'] },
  longBody: 1500,
  bodies: [
    { name: 'valid', type: 'charge.captured', id: 'chg_TS012720210949k2RP0609001:CAPTURED', body: '{"id":"chg_TS012720210949k2RP0609001","object":"charge","live_mode":false,"api_version":"V2","method":"CREATE","status":"CAPTURED","amount":1,"currency":"KWD","threeDSecure":true,"description":"Test","transaction":{"authorization_id":"ABC123","timezone":"UTC+03:00","created":"1767225600000","expiry":{"period":30,"type":"MINUTE"}},"reference":{"track":"tck_TS02A2720210949","payment":"4227210949105","gateway":"102710495020202","acquirer":"","transaction":"txn_0001","order":"ord_0001"},"response":{"code":"000","message":"Captured"}}' },
    { name: 'valid-two-decimals', type: 'charge.declined', id: 'chg_TS012720210949k2RP0609002:DECLINED', body: '{"id":"chg_TS012720210949k2RP0609002","object":"charge","status":"DECLINED","amount":10.5,"currency":"SAR","transaction":{"created":"1767225605000"},"reference":{"payment":"4227210949107","gateway":"102710495020203","order":"ord_0002"},"response":{"code":"501","message":"Declined"}}' },
    { name: 'valid-without-references', type: 'refund.refunded', id: 're_TS012720210949k2RP0609003:REFUNDED', body: '{"id":"re_TS012720210949k2RP0609003","object":"refund","status":"REFUNDED","amount":0.5,"currency":"SAR","transaction":{"created":"1767225606000"}}' },
    { name: 'valid-authorize', type: 'authorize.authorized', id: 'auth_TS012720210949k2RP0609005:AUTHORIZED', body: '{"id":"auth_TS012720210949k2RP0609005","object":"authorize","status":"AUTHORIZED","amount":12,"currency":"BHD","transaction":{"created":"1767225606000"},"reference":{"gateway":"1027","payment":"4227"}}' },
    { name: 'valid-invoice-two-decimals', type: 'invoice.paid', id: 'inv_TS012720210949k2RP0609006:PAID', body: '{"id":"inv_TS012720210949k2RP0609006","object":"invoice","status":"PAID","amount":12.2,"currency":"SAR","created":1767225600000,"updated":1767225607000}' },
    { name: 'valid-invoice', type: 'invoice.paid', id: 'inv_TS012720210949k2RP0609004:PAID', body: '{"id":"inv_TS012720210949k2RP0609004","object":"invoice","status":"PAID","amount":12.25,"currency":"KWD","created":1767225600000,"updated":1767225607000}' },
  ],
  sign(request, secret) {
    request.headers.hashstring = signed(request, secret);
  },
  accepts: (request, secret) => same(request.headers.hashstring ?? '', signed(request, secret)),
  covers: [],
  forge: {
    'another-id': set('/id', 'chg_TS012720210949k2RP0609009'),
    'another-amount': (request) => void (request.body = Buffer.from(request.text.replace('"amount":1,', '"amount":10,'))),
    'another-currency': set('/currency', 'BHD'),
    'another-status': set('/status', 'DECLINED'),
    'another-reference': set('/reference/payment', '4227210949106'),
    'another-time': set('/transaction/created', '1767225600001'),
  },
});
