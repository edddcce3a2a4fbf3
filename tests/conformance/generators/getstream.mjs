// packages: stream-chat@9.53.0
import { suite, hmac } from '../lib/cases.mjs';
import { StreamChat } from 'stream-chat';

await suite({
  provider: 'getstream',
  by: 'stream-chat@9.53.0 StreamChat.verifyWebhook',
  config: { secrets: ['gmdjgmd6kpq4dw2xx8ysmfyzj2ggykd2tqysjdf5q5xjuph6hbpe5kxnhc36dj7x'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.new',
      id: 'b0b3d3a5-9b2c-4f0e-8d11-52f0c2b3a4d5',
      headers: { 'x-webhook-id': 'b0b3d3a5-9b2c-4f0e-8d11-52f0c2b3a4d5', 'x-webhook-attempt': '1', 'x-api-key': '892s22ypvt6m' },
      body: '{"type":"message.new","cid":"messaging:fun","channel_type":"messaging","channel_id":"fun","message":{"id":"268d121f-82e0-4de2-8c8b-ce1201efd7a3","text":"Hello","type":"regular","user":{"id":"user-1","name":"Jon"},"created_at":"2026-01-01T00:00:00.000Z"},"user":{"id":"user-1","name":"Jon","online":true},"watcher_count":3,"created_at":"2026-01-01T00:00:00.000Z"}',
    },
    {
      name: 'valid-user-banned',
      type: 'user.banned',
      id: 'b0b3d3a5-9b2c-4f0e-8d11-52f0c2b3a4d6',
      headers: { 'x-webhook-id': 'b0b3d3a5-9b2c-4f0e-8d11-52f0c2b3a4d6', 'x-webhook-attempt': '1', 'x-api-key': '892s22ypvt6m' },
      body: '{"type":"user.banned","user":{"id":"user-2","banned":true},"created_by":{"id":"admin-1"},"reason":"spam","created_at":"2026-01-01T00:00:05.000Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    return new StreamChat('892s22ypvt6m', secret).verifyWebhook(request.body, request.headers['x-signature']);
  },
});
