// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'propelauth',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'user.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qa',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qa' },
      body: '{"event_type":"user.created","user_id":"31c41c16-c281-44ae-9602-8a047e3bf33d","email":"test@example.com","email_confirmed":true,"first_name":"Jane","last_name":"Doe","created_at":1767225600}',
    },
    {
      name: 'valid-org-created',
      type: 'org.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qb',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qb' },
      body: '{"event_type":"org.created","org_id":"1189c444-8a2d-4c41-8b4b-ae43ce79a492","name":"Acme","created_at":1767225605}',
    },
  ],
  ...standard('svix', Webhook),
});
