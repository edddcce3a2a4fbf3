// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'benny',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_cCFVfdeBgkegH/0ZT3VWk4+R6KpLcemO'] },
  bodies: [
    {
      name: 'valid',
      type: 'ebt.balance.change',
      id: 'msg_e6CPYGfb2NVdHzRfCi3cLjfnknt',
      headers: { 'svix-id': 'msg_e6CPYGfb2NVdHzRfCi3cLjfnknt' },
      body: '{"payload":{"account_id":"acc_tkero8aci1idybyxiak8tx0a","cash_balance":{"new_cash_balance_cents":1000,"old_cash_balance_cents":500},"snap_balance":{"new_snap_balance_cents":5000,"old_snap_balance_cents":4300}},"type":"ebt.balance.change"}',
    },
    {
      name: 'valid-ebt-link-deactivated',
      type: 'ebt.link.deactivated',
      id: 'msg_6bdPVry04WYZVylDxKqN2rG3LQH',
      headers: { 'svix-id': 'msg_6bdPVry04WYZVylDxKqN2rG3LQH' },
      body: '{"payload":{"account_id":"acc_tkero8aci1idybyxiak8tx0a","link_token":"tkn_n60unr8p8z0jnk4cqa4q5hi2"},"type":"ebt.link.deactivated"}',
    },
  ],
  ...standard('svix', Webhook),
});
