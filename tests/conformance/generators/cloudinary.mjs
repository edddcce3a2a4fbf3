// packages: cloudinary@2.11.0
import { suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { v2 as cloudinary } from 'cloudinary';

const secret = 'kD8_2Yk8mQz7Wc1Vb9Ns3Lp6Jt5';
const digest = (algorithm, body, now, key) => crypto.createHash(algorithm).update(body).update(`${now}${key}`).digest('hex');
const renamed = JSON.stringify({ notification_type: 'rename', timestamp: '2026-01-01T00:00:10+00:00', request_id: 'd7e6c2f4b1a04f6b8c2d3e5f60718295', from_public_id: 'old', to_public_id: 'new' });
const sha256 = { 'content-type': 'application/json', 'x-cld-timestamp': '1767225600', 'x-cld-signature': digest('sha256', renamed, 1767225600, secret) };

await suite({
  provider: 'cloudinary',
  by: 'cloudinary@2.11.0 utils.verifyNotificationSignature',
  config: { secrets: [secret] },
  bodies: [
    {
      name: 'valid',
      type: 'upload',
      body: '{"notification_type":"upload","timestamp":"2026-01-01T00:00:00+00:00","request_id":"d7e6c2f4b1a04f6b8c2d3e5f60718293","asset_id":"d0a1a3b4c5d6e7f8091a2b3c4d5e6f70","public_id":"djyqv4jrxktcydhtbbzx","version":1767225599,"width":864,"height":576,"format":"jpg","resource_type":"image","created_at":"2025-12-31T23:59:59Z","bytes":120253,"type":"upload","secure_url":"https://res.cloudinary.com/demo/image/upload/v1767225599/djyqv4jrxktcydhtbbzx.jpg","original_filename":"photo"}',
    },
    {
      name: 'valid-delete',
      type: 'delete',
      id: 'db8d882aafc59013780598178d50e41714e15c43e08a0552e737f309d5020370',
      body: '{"notification_type":"delete","timestamp":"2026-01-01T00:00:05+00:00","request_id":"d7e6c2f4b1a04f6b8c2d3e5f60718294","resources":[{"resource_type":"image","type":"upload","asset_id":"d0a1a3b4c5d6e7f8091a2b3c4d5e6f70","public_id":"djyqv4jrxktcydhtbbzx","version":1767225599}],"notification_context":{"triggered_at":"2026-01-01T00:00:04Z","triggered_by":{"source":"UI","id":"jon@example.com"}}}',
    },
  ],
  sign(request, key, now) {
    request.headers['x-cld-timestamp'] = String(now);
    request.headers['x-cld-signature'] = digest('sha1', request.body, now, key);
  },
  accepts(request, key) {
    const { 'x-cld-signature': signature = '', 'x-cld-timestamp': timestamp } = request.headers;
    cloudinary.config({ api_secret: key, signature_algorithm: signature.length === 64 ? 'sha256' : 'sha1' });
    return cloudinary.utils.verifyNotificationSignature(request.text, timestamp, signature);
  },
  timestamped: { tolerance_s: 300, past_s: 7200 },
  lenient: ['future-timestamp'],
  extra: [
    { case: 'valid-sha256', expect: 'accept', type: 'rename', headers: sha256, body: renamed },
    { case: 'tampered-sha256', expect: 'reject', headers: sha256, body: renamed.replace('new', 'now') },
  ],
});
