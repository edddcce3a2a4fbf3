// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'scrapeless',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'task.completed',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pi',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pi' },
      body: '{"type":"task.completed","data":{"taskId":"8f2b0c1e-3a47-4a62-9a10-2f6b5d3c7e81","actor":"scraper.google.search","state":"success","url":"https://api.scrapeless.com/api/v1/scraper/result/8f2b0c1e"}}',
    },
  ],
  ...standard('svix', Webhook),
});
