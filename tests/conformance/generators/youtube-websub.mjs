// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'hub-secret-4c1f9a7e2b6d';
const topic = 'https://www.youtube.com/xml/feeds/videos.xml?channel_id=UCxyz';
const feed = (inner) => `<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:at="http://purl.org/atompub/tombstones/1.0" xmlns="http://www.w3.org/2005/Atom"><title>YouTube video feed</title>${inner}</feed>`;
const entry = feed('<entry><id>yt:video:dQw4w9WgXcQ</id><yt:videoId>dQw4w9WgXcQ</yt:videoId><yt:channelId>UCxyz</yt:channelId><title>Café &amp; 🚀</title><published>2026-01-01T00:00:00+00:00</published><updated>2026-01-01T00:00:05+00:00</updated></entry>');
const deleted = feed('<at:deleted-entry ref="yt:video:dQw4w9WgXcQ" when="2026-01-01T00:10:00+00:00"><link href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"/><at:by><name>A channel</name><uri>https://www.youtube.com/channel/UCxyz</uri></at:by></at:deleted-entry>');
const id = 'dQw4w9WgXcQ:2026-01-01T00:00:05+00:00';
const xml = { 'content-type': 'application/atom+xml' };
const methods = ['sha1', 'sha256', 'sha384', 'sha512'];
const signed = (method, body = entry, key = secret) => ({ headers: { ...xml, 'x-hub-signature': `${method}=${hmac(method, key, body)}` }, body });
const url = 'https://hooks.example.com/in/youtube-websub';
const hub = (mode, of, challenge = '11658432109876543210') => ({
  method: 'GET', headers: {}, url: `${url}?hub.mode=${mode}&hub.topic=${encodeURIComponent(of)}&hub.challenge=${encodeURIComponent(challenge)}&hub.lease_seconds=432000`,
});

await suite({
  provider: 'youtube-websub',
  by: 'none: documented scheme, HMAC of the body by the hash that X-Hub-Signature names',
  config: { secrets: [secret], topics: [topic] },
  headers: xml,
  bodies: [
    { name: 'valid', type: 'video.updated', id, body: entry },
    { name: 'valid-deleted', type: 'video.deleted', body: deleted },
  ],
  sign(request, key) {
    request.headers['x-hub-signature'] = `sha1=${hmac('sha1', key, request.body)}`;
  },
  accepts: (request, key) => methods.some((method) => same(request.headers['x-hub-signature'] ?? '', `${method}=${hmac(method, key, request.body)}`)),
  oddBodies: false,
  tamper: (text) => text.replace('Café', 'Cafe').replace('channel</name>', 'channeI</name>'),
  extra: [
    ...methods.slice(1).map((method) => ({ case: `valid-${method}`, expect: 'accept', type: 'video.updated', id, ...signed(method) })),
    { case: 'hash-of-another-name', expect: 'reject', headers: { ...xml, 'x-hub-signature': `sha256=${hmac('sha1', secret, entry)}` }, body: entry },
    { case: 'md5', expect: 'reject', ...signed('md5') },
    { case: 'handshake', expect: 'handshake', ...hub('subscribe', topic), expect_status: 200, expect_reply: '11658432109876543210' },
    { case: 'handshake-unsubscribe', expect: 'handshake', ...hub('unsubscribe', topic), expect_status: 200, expect_reply: '11658432109876543210' },
    { case: 'handshake-of-another-feed', expect: 'reject', ...hub('subscribe', `${topic}abc`) },
    { case: 'handshake-markup', expect: 'reject', ...hub('subscribe', topic, '<script>') },
    { case: 'handshake-denied', expect: 'reject', ...hub('denied', topic) },
  ],
});
