// packages:
import { suite, same } from '../lib/cases.mjs';

await suite({
  provider: 'flutterwave-v3',
  by: 'none: documented scheme, the secret hash in a header',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge.completed',
      body: '{"event":"charge.completed","data":{"id":285959875,"tx_ref":"Links-616626414629","flw_ref":"PeterEkene/FLW270177170","device_fingerprint":"a42937f4a73ce8bb8b8df14e63a2df31","amount":100,"currency":"NGN","charged_amount":100,"app_fee":1.4,"processor_response":"Approved by Financial Institution","auth_model":"PIN","status":"successful","payment_type":"card","created_at":"2026-01-01T00:00:00.000Z","account_id":17321,"customer":{"id":215604089,"name":"Yemi Desola","email":"user@example.com"}},"event.type":"CARD_TRANSACTION"}',
    },
    {
      name: 'valid-transfer-completed',
      type: 'transfer.completed',
      body: '{"event":"transfer.completed","event.type":"Transfer","data":{"id":33286,"account_number":"0690000033","bank_name":"ACCESS BANK NIGERIA","bank_code":"044","fullname":"Bale Gary","created_at":"2026-01-01T00:00:05.000Z","currency":"NGN","amount":30020,"fee":26.875,"status":"SUCCESSFUL","reference":"a0a827b1eca65311_PMCKDU_5","narration":"lolololo","complete_message":"Successful"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['verif-hash'] = secret),
  accepts: (request, secret) => same(request.headers['verif-hash'], secret),
  // A token covers nothing of what is sent.
  covers: [],
});
