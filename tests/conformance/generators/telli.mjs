// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'telli',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_NJ8izYXPNM6p1TXN9xt/iTXs757iuXua'] },
  bodies: [
    {
      name: 'valid',
      type: 'call_ended',
      id: 'msg_x66jM2mfswmRXpyhBCZYNvShfzE',
      headers: { 'svix-id': 'msg_x66jM2mfswmRXpyhBCZYNvShfzE' },
      body: '{"event":"call_ended","call":{"agent_id":"d8931604-92ad-45cf-9071-d9cd2afbad0c","attempt":1,"booked_slot_for":"2026-01-05T15:30:00Z","call_analysis":{"appointment":{"details":"2026-01-05T15:30:00Z","value":true}},"call_id":"4a7f0e64-2d1c-4b3a-9e8f-7a6b5c4d3e2f","call_length_min":2.5,"call_status":"COMPLETED","contact_id":"b9c8d7e6-f5a4-4b3c-8d2e-1f0a9b8c7d6e","transcript":"Hello, this is Ada."}}',
    },
    {
      name: 'valid-contact-status-changed',
      type: 'contact_status_changed',
      id: 'msg_py0eX8zPtyrFgcJ7UqMVCr4tbTq',
      headers: { 'svix-id': 'msg_py0eX8zPtyrFgcJ7UqMVCr4tbTq' },
      body: '{"event":"contact_status_changed","contact":{"contact_id":"b9c8d7e6-f5a4-4b3c-8d2e-1f0a9b8c7d6e","external_contact_id":"crm-42","status":"reached","first_name":"Jon","phone_number":"+4915112345678"}}',
    },
  ],
  ...standard('svix', Webhook),
});
