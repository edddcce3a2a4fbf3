// packages: @imagekit/nodejs@7.11.0
import { suite, hmac, put } from '../lib/cases.mjs';
import ImageKit from '@imagekit/nodejs';

const client = new ImageKit({ privateKey: 'key' });

await suite({
  provider: 'imagekit',
  by: '@imagekit/nodejs@7.11.0 Webhooks.unwrap',
  config: { secrets: ['whsec_cJUwQ9wPgIDXHbOGoKjkgrBvvUc3XFGJ'] },
  bodies: [
    {
      name: 'valid',
      type: 'file.created',
      id: '58e6d24d-6098-4319-be8d-40c3cb0a402d',
      headers: { 'webhook-id': '58e6d24d-6098-4319-be8d-40c3cb0a402d' },
      body: '{"type":"file.created","id":"58e6d24d-6098-4319-be8d-40c3cb0a402d","created_at":"2026-01-01T00:00:00.000Z","data":{"fileId":"6329f0b2a8f6cd1d0e1c2a3b","name":"photo.jpg","filePath":"/photo.jpg","url":"https://ik.imagekit.io/demo/photo.jpg","size":30720,"fileType":"image","type":"file"}}',
    },
    {
      name: 'valid-video-transformation-ready',
      type: 'video.transformation.ready',
      id: '58e6d24d-6098-4319-be8d-40c3cb0a402e',
      headers: { 'webhook-id': '58e6d24d-6098-4319-be8d-40c3cb0a402e' },
      body: '{"type":"video.transformation.ready","id":"58e6d24d-6098-4319-be8d-40c3cb0a402e","created_at":"2026-01-01T00:00:05.000Z","request":{"x_request_id":"fa98fa2e-d6cd-45b4-acf5-bc1d2bbb8ba9","url":"https://ik.imagekit.io/demo/sample-video.mp4?tr=f-webm"},"data":{"asset":{"url":"https://ik.imagekit.io/demo/sample-video.mp4"},"transformation":{"type":"video-transformation","output":{"url":"https://ik.imagekit.io/demo/out.webm"}}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', secret, `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    client.webhooks.unwrap(request.text, { headers: request.headers, key: secret });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
