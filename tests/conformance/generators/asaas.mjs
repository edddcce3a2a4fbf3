// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

await suite({
  provider: 'asaas',
  by: 'none: documented scheme, a token',
  config: { secrets: ['whsec_9sKq7Lr2mN5pQ8tV1xY4zA6bC3dE0fG'] },
  bodies: [
    {
      name: 'valid',
      type: 'PAYMENT_RECEIVED',
      id: 'evt_05b708f961d739ea7eba7e4db318f621&368604920',
      body: '{"id":"evt_05b708f961d739ea7eba7e4db318f621&368604920","event":"PAYMENT_RECEIVED","dateCreated":"2026-01-01 00:00:00","payment":{"object":"payment","id":"pay_080225913252","customer":"cus_G7Dvo4iphUNk","value":100,"netValue":94.51,"billingType":"PIX","status":"RECEIVED","externalReference":"order-42"}}',
    },
  ],
  sign(request, secret) {
    put(request, 'asaas-access-token', secret);
  },
  accepts(request, secret) {
    return same(read(request, 'asaas-access-token') ?? '', secret);
  },
  signature: 'asaas-access-token',
  covers: [],
  oddBodies: false,
});
