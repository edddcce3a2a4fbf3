// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'kaiten',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_iBXXOW5k1Xv9AgHEnb1843Q0BzBBu2O+'] },
  bodies: [
    {
      name: 'valid',
      type: 'CUSTOMER_CREATION',
      id: 'msg_WWUQS77mUf1gqv6uwReJqPWeW9M',
      headers: { 'svix-id': 'msg_WWUQS77mUf1gqv6uwReJqPWeW9M' },
      body: '{"name":"CUSTOMER_CREATION","type":"com.kaiten.customer.v1.created","data":{"id":"0f1e2d3c-4b5a-4968-8776-655443322110","name":"Test Webhook Customer","slug":"test-webhook-customer","organizationId":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}}',
    },
    {
      name: 'valid-license-creation',
      type: 'LICENSE_CREATION',
      id: 'msg_8JukXUoZn1QXtJunEzGp3AVnixF',
      headers: { 'svix-id': 'msg_8JukXUoZn1QXtJunEzGp3AVnixF' },
      body: '{"name":"LICENSE_CREATION","type":"com.kaiten.license.v1.created","data":{"id":"1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d","organizationId":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}}',
    },
  ],
  ...standard('svix', Webhook),
});
