// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'stack-auth',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_wATIHr7BWP8rnxYRTit3Mxwb26qByX4R'] },
  bodies: [
    {
      name: 'valid',
      type: 'team.created',
      id: 'msg_1GtlJVZxAJrt5NiFrwuBCOoOSGq',
      headers: { 'svix-id': 'msg_1GtlJVZxAJrt5NiFrwuBCOoOSGq' },
      body: '{"type":"team.created","data":{"id":"2209422a-eef7-4668-967d-be79409972c5","display_name":"My Team","profile_image_url":null,"client_metadata":{},"client_read_only_metadata":{},"server_metadata":{},"created_at_millis":1767225600000}}',
    },
    {
      name: 'valid-user-updated',
      type: 'user.updated',
      id: 'msg_DB3zgXX1V2Ykie9WLm7EMdD5Mu6',
      headers: { 'svix-id': 'msg_DB3zgXX1V2Ykie9WLm7EMdD5Mu6' },
      body: '{"type":"user.updated","data":{"id":"5c0c1a2b-3d4e-4f5a-8b6c-7d8e9f0a1b2c","primary_email":"jon@example.com","primary_email_verified":true,"display_name":"Jon Doe","signed_up_at_millis":1767225000000,"last_active_at_millis":1767225605000,"has_password":true,"otp_auth_enabled":false,"selected_team_id":null}}',
    },
  ],
  ...standard('svix', Webhook),
});
