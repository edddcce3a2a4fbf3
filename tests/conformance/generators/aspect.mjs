// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'aspect',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_GZAlVzsczubp2u2aybQVMepcWN9HImNJ'] },
  bodies: [
    {
      name: 'valid',
      type: 'task.completed',
      id: 'msg_QrMLNAqif8fQxa8s8xVpsogxO30',
      headers: { 'svix-id': 'msg_QrMLNAqif8fQxa8s8xVpsogxO30' },
      body: '{"event_type":"task.completed","timestamp":"2026-01-01T00:00:00Z","data":{"task":{"task_id":"8b0f6a52-3c4d-4e5f-8a6b-7c8d9e0f1a2b","asset_id":"1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d","features":[{"feature":"transcription","state":"completed"}]}}}',
    },
    {
      name: 'valid-task-failed',
      type: 'task.failed',
      id: 'msg_PSkhKTMkzzYIjjQXBHPusYXWIGo',
      headers: { 'svix-id': 'msg_PSkhKTMkzzYIjjQXBHPusYXWIGo' },
      body: '{"event_type":"task.failed","timestamp":"2026-01-01T00:00:05Z","data":{"task":{"task_id":"8b0f6a52-3c4d-4e5f-8a6b-7c8d9e0f1a2c","features":[{"feature":"transcription","state":"failed"}]}}}',
    },
  ],
  ...standard('svix', Webhook),
});
