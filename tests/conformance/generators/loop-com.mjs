// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'loop-com',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_kEJdR+CfMuapIcazL8JHu/xO94I2e9e1'] },
  bodies: [
    {
      name: 'valid',
      type: 'business-exception.created',
      id: 'msg_SBKAIEvpNOqSk8ustEODQnQtOng',
      headers: { 'svix-id': 'msg_SBKAIEvpNOqSk8ustEODQnQtOng' },
      body: '{"eventCreatedAt":"2026-01-01T00:00:00.000Z","eventType":"business-exception.created","exceptionName":"Variance over threshold","exceptionTypeQid":"qid::business_exception_type:6b6b0a26-2404-4add-8519-89fc5f173c54","qid":"qid::business_exception:6b6b0a26-2404-4add-8519-89fc5f173c54","targetEntityQid":"qid::payable_invoice:0ca6f700-4137-4d09-b44a-43bb8d7900c4","targetEntityType":"PAYABLE_INVOICE"}',
    },
    {
      name: 'valid-business-exception-resolved',
      type: 'business-exception.resolved',
      id: 'msg_Fv5IRYBZEEyyjzyB3UazRO3bx6u',
      headers: { 'svix-id': 'msg_Fv5IRYBZEEyyjzyB3UazRO3bx6u' },
      body: '{"eventCreatedAt":"2026-01-01T00:00:05.000Z","eventType":"business-exception.resolved","exceptionName":"Variance over threshold","exceptionTypeQid":"qid::business_exception_type:6b6b0a26-2404-4add-8519-89fc5f173c54","qid":"qid::business_exception:6b6b0a26-2404-4add-8519-89fc5f173c54","targetEntityQid":"qid::payable_invoice:0ca6f700-4137-4d09-b44a-43bb8d7900c4","targetEntityType":"PAYABLE_INVOICE"}',
    },
  ],
  ...standard('svix', Webhook),
});
