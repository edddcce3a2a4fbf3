// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'lexe',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_eZ28XpX6JrDGU3WtpEAlovP1OWW7fAFj'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment.finalized',
      id: 'msg_K3wBVL1PTGEULX5luadTOiqhnx6',
      headers: { 'webhook-id': 'msg_K3wBVL1PTGEULX5luadTOiqhnx6' },
      body: '{"type":"payment.finalized","timestamp":"2026-01-01T00:00:00Z","user_pk":"b484a4890b47358ee68684bcd502d2eefa1bc66cc0f8ac2e5f0d1c2b3a495867","index":"0000001767225590000-ln_3ddcfd0e0b1eba77292c23a7de140c1e71327ac97486cc414b6826c434c560cc","rail":"invoice","kind":"invoice","direction":"inbound","hash":"3ddcfd0e0b1eba77292c23a7de140c1e71327ac97486cc414b6826c434c560cc","amount":"1000","fees":"0","status":"completed","finalized_at":1767225600000}',
    },
  ],
  ...standard('webhook', Webhook),
});
