// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'levers',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_LAWshpnnrJDv408iC54L2clMrnKKM0uG'] },
  bodies: [
    {
      name: 'valid',
      type: 'phone_call.ended',
      id: 'msg_gBxNq7QKkMWmeles6ihes4QkSyl',
      headers: { 'svix-id': 'msg_gBxNq7QKkMWmeles6ihes4QkSyl' },
      body: '{"providerCallId":"069652c8-d01e-733e-8000-7c64a16dde5f","numberFrom":"+15074106928","numberTo":"+971585420805","providerStatus":"pass","deliveryStatus":"pass","duration":53,"summary":null,"endedReason":null,"callOutput":"CALL_RESULT","sentimentOutput":"NEUTRAL","transcription":"Full transcript.","metadata":{"requestMetadata":{"project_id":"proj_123"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
