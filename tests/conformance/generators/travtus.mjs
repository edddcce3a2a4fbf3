// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'travtus',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_556MvATNjIEpFF7uF6wdpGn5vFBl8uz0'] },
  bodies: [
    {
      name: 'valid',
      type: 'sms.respond',
      id: 'msg_LhcPUvBdpTPklXxGE8peuwUBeYm',
      headers: { 'svix-id': 'msg_LhcPUvBdpTPklXxGE8peuwUBeYm' },
      body: '{"event_type":"sms.respond","message_id":"msg_2pQ7mXcVtYb9","body":{"message_id":"9b2d6f3c-1a4e-4b7d-8c9f-0e1d2c3b4a59","conversation_id":"conv-1042","sender_name":"Adam","message_text":"The two-bedroom flat is free from 1 March.","channel":"sms","company_id":"co-7","sender_external_ref":"lead-42","human_handover_ind":false,"portfolio_external_ref":"prop-9"}}',
    },
    {
      name: 'valid-email-respond',
      type: 'email.respond',
      id: 'msg_LcH2M4oTQs5ZroS2RvQcQL7yZZz',
      headers: { 'svix-id': 'msg_LcH2M4oTQs5ZroS2RvQcQL7yZZz' },
      body: '{"event_type":"email.respond","message_id":"msg_2pQ7mXcVtYc0","body":{"message_id":"9b2d6f3c-1a4e-4b7d-8c9f-0e1d2c3b4a5a","conversation_id":"conv-1043","sender_name":"Adam","message_text":"A tour is booked for Friday.","channel":"email","company_id":"co-7","human_handover_ind":true}}',
    },
  ],
  ...standard('svix', Webhook),
});
