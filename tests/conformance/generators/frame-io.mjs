// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const time = 'x-frameio-request-timestamp';
const header = 'x-frameio-signature';
const signature = (request, secret) => `v0=${hmac('sha256', secret, `v0:${request.headers[time]}:${request.text}`)}`;

await suite({
  provider: 'frame-io',
  by: 'none: documented scheme, HMAC of time and body',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'file.ready',
      body: '{"account":{"id":"6f70f1bd-7e89-4a7e-b4d3-7e576585a181"},"project":{"id":"7e46e495-4444-4555-8649-bee4d391a997"},"resource":{"id":"d3075547-4e64-45f0-ad12-d075660eddd2","type":"file"},"type":"file.ready","user":{"id":"56556a3f-859f-4b38-b6c6-e8625b5da8a5"},"workspace":{"id":"378fcbf7-6f88-4224-8139-6a743ed940b2"}}',
    },
    {
      name: 'valid-v2',
      type: 'asset.created',
      body: '{"type":"asset.created","resource":{"type":"asset","id":"bd0e2ed6-9d4a-4a1a-b0e4-8a2b1c3d4e5f"},"user":{"id":"a8b7c6d5-e4f3-4a2b-9c1d-0e1f2a3b4c5d"},"team":{"id":"c1d2e3f4-a5b6-4c7d-8e9f-0a1b2c3d4e5f"},"project":{"id":"f0e1d2c3-b4a5-4968-8776-5a4b3c2d1e0f"}}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers[time] = String(now);
    request.headers[header] = signature(request, secret);
  },
  accepts: (request, secret, now) => Math.abs(now - Number(request.headers[time])) <= 300 && same(request.headers[header], signature(request, secret)),
  timestamped: { tolerance_s: 300 },
});
