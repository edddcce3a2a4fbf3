// packages:
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (kind, content) => JSON.stringify({
  client_key: 'bwo2m45353a6k85', event: kind, create_time: 1767225600, user_openid: 'act.example12345Example12345Example', content: JSON.stringify(content),
});
const bodies = [
  ['valid', 'video.publish.completed', { share_id: 'video.6974245311675353080.VDCxrcMJ' }],
  ['valid-removed', 'authorization.removed', { reason: 1 }],
].map(([name, type, content]) => {
  const body = event(type, content);
  return { name, type, id: createHash('sha256').update(body).digest('hex'), body };
});
const parts = (request) => Object.fromEntries((request.headers['tiktok-signature'] ?? '').split(',').map((pair) => pair.split('=')));

await suite({
  provider: 'tiktok',
  by: 'none: documented scheme, t and s in TikTok-Signature, HMAC-SHA256 of t.body',
  config: { secrets: ['5c9d3e7a1b4f6082a9c7e5d3b1f08642'] },
  bodies,
  sign(request, secret, now) {
    request.headers['tiktok-signature'] = `t=${now},s=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  accepts(request, secret, now) {
    const { t, s = '' } = parts(request);
    return Math.abs(now - Number(t)) <= 300 && same(s, hmac('sha256', secret, `${t}.${request.text}`));
  },
  timestamped: { tolerance_s: 300 },
  oddBodies: false, // The id is a digest of the body, which these change.
});
