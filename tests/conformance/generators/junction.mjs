// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'junction',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'daily.data.activity.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qc',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qc' },
      body: '{"event_type":"daily.data.activity.created","user_id":"4a29dbc7-6db3-4c83-bfac-70a20a4be1b2","client_user_id":"01HW3FSNVCHC3B2QB5N0ZAAAVG","team_id":"6b74423d-0504-4470-9afb-477252ccf67a","data":{"id":"1d3f5b7a-9c2e-4d6f-8a0b-2c4e6f8a0b1d","calendar_date":"2026-01-01","steps":8000,"calories_total":2100,"source":{"provider":"fitbit","type":"watch"}}}',
    },
    {
      name: 'valid-provider-connection-created',
      type: 'provider.connection.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qd',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qd' },
      body: '{"event_type":"provider.connection.created","user_id":"4a29dbc7-6db3-4c83-bfac-70a20a4be1b2","client_user_id":"user-42","team_id":"6b74423d-0504-4470-9afb-477252ccf67a","data":{"provider":{"name":"Fitbit","slug":"fitbit"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
