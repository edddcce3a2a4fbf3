// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'cloudflare-stream',
  by: 'none: documented scheme, HMAC-SHA256 of time and body',
  config: { secrets: ['85011ed3a913c6ad5f9cf6c5573cc0a7'] },
  bodies: [
    {
      name: 'valid',
      type: 'ready',
      body: '{"uid":"6b9e68b07dfee8cc2d116e4c51d6a957","creator":null,"readyToStream":true,"status":{"state":"ready","pctComplete":"100.000000"},"meta":{"name":"Launch"},"created":"2025-12-31T23:58:00.046Z","modified":"2026-01-01T00:00:00.417Z","size":4190963,"duration":12.3,"input":{"width":1280,"height":720},"playback":{"hls":"https://customer-f33zs165nr7gyfy4.cloudflarestream.com/6b9e68b07dfee8cc2d116e4c51d6a957/manifest/video.m3u8"}}',
    },
    {
      name: 'valid-error',
      type: 'error',
      id: 'eb004fb2b1d5d2b053da91a918c3386cb81e3658e16f390ec6f49ebf08919e20',
      body: '{"uid":"6b9e68b07dfee8cc2d116e4c51d6a957","creator":null,"readyToStream":false,"status":{"state":"error","step":"encoding","errorReasonCode":"ERR_NON_VIDEO","errorReasonText":"The file was not recognized as a valid video file."},"meta":{"name":"Launch"},"created":"2025-12-31T23:58:00.046Z","modified":"2026-01-01T00:00:00.417Z","size":4190963,"duration":12.3,"input":{"width":1280,"height":720},"playback":{"hls":"https://customer-f33zs165nr7gyfy4.cloudflarestream.com/6b9e68b07dfee8cc2d116e4c51d6a957/manifest/video.m3u8"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-signature'] = `time=${now},sig1=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  accepts(request, secret, now) {
    const [, time, signature] = /^time=(\d+),sig1=([0-9a-f]{64})$/.exec(request.headers['webhook-signature'] ?? '');
    return Math.abs(time - now) <= 300 && same(signature, hmac('sha256', secret, `${time}.${request.text}`));
  },
  timestamped: { tolerance_s: 300 },
});
