// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const older = '{"event_type":"avatar_video.success","event_data":{"video_id":"8a6d6d0d0c3c4f0b9b0a5f5d2e1c3b4a","callback_id":"order-41"}}';

await suite({
  provider: 'heygen',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['whsec_k7x9m2Qp4Vt8Ws3Zy6Bc1Df5Gh0Jn'] },
  bodies: [
    {
      name: 'valid',
      type: 'avatar_video.success',
      id: 'evt_01KDVY8Q0Z5R9T3M7W2XH4J6NB',
      headers: { 'heygen-timestamp': '1767225600', 'heygen-event-id': 'evt_01KDVY8Q0Z5R9T3M7W2XH4J6NB' },
      body: '{"event_type":"avatar_video.success","event_data":{"video_id":"8a6d6d0d0c3c4f0b9b0a5f5d2e1c3b4a","url":"https://files.heygen.example/video/8a6d6d0d0c3c4f0b9b0a5f5d2e1c3b4a.mp4","gif_download_url":"https://files.heygen.example/video/8a6d6d0d0c3c4f0b9b0a5f5d2e1c3b4a.gif","video_share_page_url":"https://app.heygen.com/share/8a6d6d0d0c3c4f0b9b0a5f5d2e1c3b4a","folder_id":"","callback_id":"order-42"}}',
    },
    {
      name: 'valid-avatar-video-fail',
      type: 'avatar_video.fail',
      id: 'evt_01KDVY8Q0Z5R9T3M7W2XH4J6NC',
      headers: { 'heygen-timestamp': '1767225605', 'heygen-event-id': 'evt_01KDVY8Q0Z5R9T3M7W2XH4J6NC' },
      body: '{"event_type":"avatar_video.fail","event_data":{"video_id":"8a6d6d0d0c3c4f0b9b0a5f5d2e1c3b4b","msg":"The audio could not be read","callback_id":"order-43"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['heygen-signature'] = hmac('sha256', secret, request.body)),
  accepts: (request, secret) => same(request.headers['heygen-signature'] ?? request.headers.signature, hmac('sha256', secret, request.body)),
  extra: [
    {
      case: 'valid-older-header', expect: 'accept', type: 'avatar_video.success', body: older,
      headers: { 'content-type': 'application/json', signature: hmac('sha256', 'whsec_k7x9m2Qp4Vt8Ws3Zy6Bc1Df5Gh0Jn', older) },
    },
    { case: 'options', expect: 'handshake', expect_status: 200, expect_reply: '', method: 'OPTIONS', headers: {} },
    { case: 'get', expect: 'reject', method: 'GET', headers: {} },
  ],
});
