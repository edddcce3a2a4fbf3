// packages: @adyen/api-library@32.1.0
import { suite, read, put } from '../lib/cases.mjs';
import adyen from '@adyen/api-library';

const validator = new adyen.hmacValidator();
const signature = { json: '/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature' };
const payment = {
  additionalData: { authCode: '1234', hmacSignature: '' },
  amount: { currency: 'EUR', value: 1130 },
  eventCode: 'AUTHORISATION',
  eventDate: '2026-01-01T00:00:00+01:00',
  merchantAccountCode: 'TestMerchant',
  merchantReference: 'TestPayment-1407325143704',
  paymentMethod: 'visa',
  pspReference: '7914073381342284',
  success: 'true',
};
const items = (...changes) =>
  JSON.stringify({
    live: 'false',
    notificationItems: changes.map((change) => ({ NotificationRequestItem: { ...structuredClone(payment), ...change } })),
  });
const id = '7914073381342284';
const changed = (pointer, value) => (request) => put(request, { json: `/notificationItems/0/NotificationRequestItem/${pointer}`, }, value);

await suite({
  provider: 'adyen',
  by: '@adyen/api-library@32.1.0 hmacValidator.validateHMAC',
  config: { secrets: ['44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'] },
  bodies: [
    { name: 'valid', type: 'AUTHORISATION', id, body: items({}) },
    { name: 'valid-batch', type: 'AUTHORISATION', id, body: items({}, { eventCode: 'CAPTURE', pspReference: '8814073381342285', originalReference: '7914073381342284' }) },
    { name: 'valid-original-reference', type: 'REFUND_FAILED', id: '8814073381342286:REFUND_FAILED', body: items({ eventCode: 'REFUND_FAILED', pspReference: '8814073381342286', originalReference: '7914073381342284' }) },
    { name: 'valid-refused', type: 'AUTHORISATION', id: `${id}:false`, body: items({ success: 'false' }) },
    { name: 'valid-dispute', type: 'CHARGEBACK', id: '9914073381342287:CHARGEBACK', body: items({ eventCode: 'CHARGEBACK', pspReference: '9914073381342287', originalReference: '7914073381342284' }) },
    { name: 'valid-colon-and-backslash', type: 'AUTHORISATION', id, body: items({ merchantReference: 'ref:1\\2 "Zoë" 東京' }) },
    { name: 'valid-null-and-empty', type: 'AUTHORISATION', id, body: items({ originalReference: null, merchantReference: '' }) },
    { name: 'valid-no-reference', type: 'AUTHORISATION', id, body: items({ merchantReference: undefined }) },
  ],
  sign(request, secret) {
    const count = request.json.notificationItems.length;
    for (let at = 0; at < count; at++) {
      const item = request.json.notificationItems[at].NotificationRequestItem;
      const place = `"pspReference":"${item.pspReference}"`;
      const mac = validator.calculateHmac(item, secret);
      if (request.text.includes(place)) {
        // Only this item's, and nothing else in the text.
        const text = request.text;
        const from = text.lastIndexOf('"hmacSignature":""', text.indexOf(place));
        request.body = Buffer.from(text.slice(0, from) + `"hmacSignature":"${mac}"` + text.slice(from + 18));
      } else put(request, { json: `/notificationItems/${at}/NotificationRequestItem/additionalData/hmacSignature` }, mac);
    }
  },
  accepts: (request, secret) => {
    const { notificationItems } = request.json;
    return notificationItems.length > 0 && notificationItems.every(({ NotificationRequestItem: item }) => validator.validateHMAC(item, secret));
  },
  signature,
  covers: [], // only eight fields of each item are signed
  forge: {
    'tampered-amount': changed('amount/value', 1),
    'tampered-currency': changed('amount/currency', 'USD'),
    'tampered-event-code': changed('eventCode', 'REFUND'),
    'tampered-success': changed('success', 'false'),
    'tampered-reference': changed('merchantReference', 'TestPayment-2'),
    'tampered-merchant': changed('merchantAccountCode', 'OtherMerchant'),
    'tampered-psp-reference': changed('pspReference', '7914073381342285'),
    'added-original-reference': changed('originalReference', '7914073381342284'),
    'second-item-unsigned': (request) => {
      const root = request.json;
      root.notificationItems.push({ NotificationRequestItem: { ...payment, pspReference: '1', additionalData: {} } });
      request.body = Buffer.from(JSON.stringify(root));
    },
    'second-item-forged': (request) => {
      const root = request.json;
      const item = structuredClone(root.notificationItems[0]);
      item.NotificationRequestItem.amount.value = 999999;
      root.notificationItems.push(item);
      request.body = Buffer.from(JSON.stringify(root));
    },
  },
});
