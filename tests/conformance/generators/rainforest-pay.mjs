// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'rainforest-pay',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_FCJyOUg3G9Z7oeo+mrY+b+xSCYg3IwXJ'] },
  bodies: [
    {
      name: 'valid',
      type: 'payin.processing',
      id: 'msg_tC1FYl27prGxxghPKCjoWUJCDs4',
      headers: { 'svix-id': 'msg_tC1FYl27prGxxghPKCjoWUJCDs4' },
      body: '{"data":{"payin_id":"pyi_2sP8QdsOFUAPy7eldhHpDeN3znJ","payin_config_id":"pyc_2sP8QdsOFUAPy7eldhHpDeN3znK","merchant_id":"mid_2sP8QdsOFUAPy7eldhHpDeN3znL","payment_method_id":"pmt_2sP8QdsOFUAPy7eldhHpDeN3znM","billing_type":"MERCHANT_BILLED","amount":1990,"currency_code":"USD","status":"PROCESSING","created_at":"2026-01-01T00:00:00Z"},"event_type":"payin.processing"}',
    },
    {
      name: 'valid-payin-failed',
      type: 'payin.failed',
      id: 'msg_kx7U4BKPskHUp3LYgy6eNGJz5uD',
      headers: { 'svix-id': 'msg_kx7U4BKPskHUp3LYgy6eNGJz5uD' },
      body: '{"data":{"payin_id":"pyi_2sP8QdsOFUAPy7eldhHpDeN3znN","merchant_id":"mid_2sP8QdsOFUAPy7eldhHpDeN3znL","amount":500,"currency_code":"USD","status":"FAILED","refusal_code":"R-INSUFFICIENT"},"event_type":"payin.failed"}',
    },
  ],
  ...standard('svix', Webhook),
});
