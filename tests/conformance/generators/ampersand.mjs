// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'ampersand',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_Nuipq7UFTDSw4rWxwjkQnMjjV4CC2Xhb'] },
  bodies: [
    {
      name: 'valid',
      type: 'salesforce.Contact.read',
      id: 'msg_6OKOSugvf2Uw4XVdJ5UdsOz6zic',
      headers: { 'svix-id': 'msg_6OKOSugvf2Uw4XVdJ5UdsOz6zic' },
      body: '{"action":"read","projectId":"ampersand-project-id","provider":"salesforce","groupRef":"xyz-company","installationId":"0c9230e1-8fbe-4b28-bf10-2beee8fbf4ce","objectName":"Contact","rawObjectName":"Contact","operationId":"2f1e6a3b-operation","operationTime":"2026-01-01T00:00:00Z","readType":"scheduled","resultInfo":{"type":"inline","numRecords":1},"result":[{"fields":{"id":"001Dp00000P8QurIAF","firstname":"Sally"}}]}',
    },
    {
      name: 'valid-salesforce-company-subscribe',
      type: 'salesforce.company.subscribe',
      id: 'msg_CUlLrWRCi8mCot2WdNseWcBHGWa',
      headers: { 'svix-id': 'msg_CUlLrWRCi8mCot2WdNseWcBHGWa' },
      body: '{"action":"subscribe","projectId":"ampersand-project-id","provider":"salesforce","groupRef":"xyz-company","installationId":"0c9230e1-8fbe-4b28-bf10-2beee8fbf4ce","objectName":"company","rawObjectName":"account","workspace":"my-salesforce-workspace","resultInfo":{"type":"inline","numRecords":1},"result":[{"subscribeEventType":"update","fields":{"id":"001Dp00000P9BusEIS","name":"XYZ"}}]}',
    },
  ],
  ...standard('svix', Webhook),
});
