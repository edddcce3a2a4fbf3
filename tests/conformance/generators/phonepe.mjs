// packages: pg-sdk-node@2.0.2
import { suite } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const { CommonUtils } = createRequire(import.meta.url)('pg-sdk-node/dist/common/CommonUtils.js');

await suite({
  provider: 'phonepe',
  by: 'pg-sdk-node@2.0.2 CommonUtils.isCallbackValid',
  config: { secrets: ['merchant:Str0ngPassw0rd'] },
  bodies: [
    {
      name: 'valid',
      type: 'checkout.order.completed',
      body: '{"event":"checkout.order.completed","payload":{"orderId":"OMO2403282020198641071317","merchantId":"MERCHANT1","merchantOrderId":"order-42","state":"COMPLETED","amount":10000,"expireAt":1767229200000,"metaInfo":{"udf1":"a"},"paymentDetails":[{"paymentMode":"UPI_QR","transactionId":"OM2403282020198651071949","timestamp":1767225600000,"amount":10000,"state":"COMPLETED"}]}}',
    },
  ],
  sign(request, secret) {
    request.headers.authorization = createHash('sha256').update(secret).digest('hex');
  },
  accepts(request, secret) {
    const [username, password] = secret.split(':');
    return CommonUtils.isCallbackValid(username, password, request.headers.authorization);
  },
  signature: 'authorization',
  covers: [],
  oddBodies: false,
});
