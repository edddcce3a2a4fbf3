// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'forebit',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_rvYHdWcWGlLVEDPgp2c1MtDZmvYNh7My'] },
  bodies: [
    {
      name: 'valid',
      type: 'PAYMENT_COMPLETED',
      id: 'msg_0IydDxDWnn1bBwavuY2kTPruqK2',
      headers: { 'svix-id': 'msg_0IydDxDWnn1bBwavuY2kTPruqK2' },
      body: '{"EventType":"PAYMENT_COMPLETED","ForPaymentEvents":{"Id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","EndAmount":25.5,"PrePaymentAmount":25.5,"Currency":"USD","Status":"COMPLETED","CreatedAt":"2025-12-31T23:55:00Z","ExpiresAt":"2026-01-01T00:55:00Z","Timeline":[],"Name":"Order 1042","Metadata":{"order":"1042"},"ForebitFee":0.25,"BusinessId":12,"RedirectUrl":null}}',
    },
    {
      name: 'valid-payment-expired',
      type: 'PAYMENT_EXPIRED',
      id: 'msg_Pl4noTToG16fQHPsALzNSQ9uSuN',
      headers: { 'svix-id': 'msg_Pl4noTToG16fQHPsALzNSQ9uSuN' },
      body: '{"EventType":"PAYMENT_EXPIRED","ForPaymentEvents":{"Id":"3fa85f64-5717-4562-b3fc-2c963f66afa7","EndAmount":10,"PrePaymentAmount":10,"Currency":"USD","Status":"EXPIRED","CreatedAt":"2025-12-31T23:00:00Z","ExpiresAt":"2026-01-01T00:00:00Z","Timeline":[],"BusinessId":12}}',
    },
  ],
  ...standard('svix', Webhook),
});
