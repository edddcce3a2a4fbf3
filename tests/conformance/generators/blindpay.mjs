// packages: svix@1.99.1
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'blindpay',
  by: 'svix@1.99.1 Webhook.verify',
  config: { secrets: ['whsec_s7vD0qyTLNurnO1lJww6R9t05Vm3yKXW'] },
  bodies: [
    {
      name: 'valid',
      type: 'payout.complete',
      id: 'msg_YNP4eAJtWToPwCTXoviI9FbzTDe',
      headers: { 'svix-id': 'msg_YNP4eAJtWToPwCTXoviI9FbzTDe' },
      body: '{"webhook_event":"payout.complete","id":"po_000000000000","instance_id":"in_000000000000","receiver_id":"re_000000000000","quote_id":"qu_000000000000","status":"completed","sender_wallet_address":"0x123...890","tracking_complete":{"step":"completed","completed_at":"2026-01-01T00:00:00.000Z"},"created_at":"2025-12-31T23:50:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"}',
    },
    {
      name: 'valid-payin-new',
      type: 'payin.new',
      id: 'msg_aGaPV3rAttdaWmUR6oQIHYKgWh7',
      headers: { 'svix-id': 'msg_aGaPV3rAttdaWmUR6oQIHYKgWh7' },
      body: '{"webhook_event":"payin.new","id":"pi_000000000000","instance_id":"in_000000000000","receiver_id":"re_000000000000","payin_quote_id":"pq_000000000000","status":"processing","payment_method":"pix","created_at":"2026-01-01T00:00:05.000Z"}',
    },
  ],
  ...standard('svix', Webhook),
});
