// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'taskrabbit',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_MzpZ2H8Xh80NDYoI7AXhBE9L7Ja0X3yf'] },
  bodies: [
    {
      name: 'valid',
      type: 'project.completed',
      id: 'msg_zEGTekODiAZVqlbZqeiLmxiNowN',
      headers: { 'svix-id': 'msg_zEGTekODiAZVqlbZqeiLmxiNowN' },
      body: '{"event":"project.completed","project_uuid":"3f6c2a1b-7d8e-4f90-a1b2-c3d4e5f60718","timestamp":"2026-01-01T00:00:00.000Z","agreement_external_reference":"order-1042"}',
    },
    {
      name: 'valid-project-rescheduled',
      type: 'project.rescheduled',
      id: 'msg_Mam1mgMT0GO64sRbPYgnOhGzHdc',
      headers: { 'svix-id': 'msg_Mam1mgMT0GO64sRbPYgnOhGzHdc' },
      body: '{"event":"project.rescheduled","project_uuid":"3f6c2a1b-7d8e-4f90-a1b2-c3d4e5f60719","timestamp":"2026-01-01T00:00:05.000Z","agreement_external_reference":"order-1043","new_start_time":"2026-01-05T15:00:00.000Z"}',
    },
  ],
  ...standard('svix', Webhook),
});
