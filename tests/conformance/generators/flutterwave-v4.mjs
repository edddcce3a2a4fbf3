// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'flutterwave-v4',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge.completed',
      body: '{"webhook_id":"wbk_kWNbLvrLV3V0eiFcdRKY","timestamp":1767225600000,"type":"charge.completed","data":{"id":"chg_JqWuAkJkYx","amount":500,"currency":"NGN","customer":{"id":"cus_qRNsSbLdpK","email":"jane@example.com","name":{"first":"Jane","last":"Doe"}},"payment_method":{"id":"pmd_oD0bOsuNsa","type":"card","card":{"network":"mastercard","last4":"2246","first6":"518853"}},"processor_response":{"type":"approved","code":"00"},"reference":"1f0a9c3e-2b7d-4f7b-9d4c-6b1e","status":"succeeded","created_datetime":"2026-01-01T00:00:00.000Z"}}',
    },
    {
      name: 'valid-transfer-disburse',
      type: 'transfer.disburse',
      body: '{"webhook_id":"wbk_kWNbLvrLV3V0eiFcdRKZ","timestamp":1767225605000,"type":"transfer.disburse","data":{"id":"trf_ZxqgE4kQd5V4p7","type":"bank","action":"instant","reference":"2f0a9c3e-2b7d-4f7b-9d4c-6b1e","status":"SUCCESSFUL","source_currency":"NGN","destination_currency":"NGN","amount":{"value":250,"applies_to":"destination_currency"},"created_datetime":"2026-01-01T00:00:05.000Z"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['flutterwave-signature'] = hmac('sha256', secret, request.body, 'base64')),
  accepts: (request, secret) => same(request.headers['flutterwave-signature'], hmac('sha256', secret, request.body, 'base64')),
});
