// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'vanta',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_nbXQecgoRlMoFL3ZxAD6UPfS1NOPjOhJ'] },
  bodies: [
    {
      name: 'valid',
      type: 'notification',
      id: 'msg_ayYTOVmGEFaNo099qg3DPQ0tKHs',
      headers: { 'svix-id': 'msg_ayYTOVmGEFaNo099qg3DPQ0tKHs' },
      body: '{"accessRequestId":"a2f7e1b9d0c3f4e5a6c7b8d9","trustCenterId":"65e1efde08e8478f143a8ff9","email":"exampleviewer@company.com","name":"Example Viewer","companyName":"Viewer Company, Inc.","accessLevel":"FULL_ACCESS"}',
    },
    {
      name: 'valid-vendor',
      type: 'notification',
      id: 'msg_uKeVy3uATLbIAn6pT9xNoKXUVI2',
      headers: { 'svix-id': 'msg_uKeVy3uATLbIAn6pT9xNoKXUVI2' },
      body: '{"vendorId":"65e1efde08e8478f143a8ffa","vendorName":"Example Hosting","riskLevel":"MEDIUM","decision":"APPROVED"}',
    },
  ],
  ...standard('svix', Webhook),
});
