// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = '5f1c2e8a3b1d4b0e9b550d6a2c9a7e10';
const topic = 'https://example.com/feed.atom';
const url = 'https://hooks.example.com/in/generic-websub';
const signature = (hash, key, body) => `${hash}=${hmac(hash, key, body)}`;
const feed = '<feed xmlns="http://www.w3.org/2005/Atom"><id>https://example.com/feed.atom</id><updated>2026-01-01T00:00:00Z</updated></feed>';
const by = (hash, made = hash) => ({ body: feed, headers: { 'content-type': 'application/atom+xml', 'x-hub-signature': signature(made, secret, feed).replace(made, hash) } });
const ask = (mode, asked, challenge) => ({ method: 'GET', headers: {}, url: `${url}?hub.mode=${mode}&hub.topic=${encodeURIComponent(asked)}&hub.challenge=${encodeURIComponent(challenge)}&hub.lease_seconds=864000` });
const type = 'content.distributed';

await suite({
  provider: 'generic-websub',
  by: 'none: WebSub, HMAC of the body by the hash that the hub names',
  config: { secrets: [secret], topics: [topic] },
  bodies: [
    {
      name: 'valid',
      type: 'content.distributed',
      headers: { link: '<https://hub.example.com/>; rel="hub", <https://example.com/feed.atom>; rel="self"', 'content-type': 'application/atom+xml' },
      body: '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>https://example.com/feed.atom</id><title>Example</title><updated>2026-01-01T00:00:00Z</updated><link rel="hub" href="https://hub.example.com/"/><link rel="self" href="https://example.com/feed.atom"/><entry><id>https://example.com/posts/42</id><title>Hello</title><updated>2026-01-01T00:00:00Z</updated><content>New content</content></entry></feed>',
    },
    {
      name: 'valid-json',
      type: 'content.distributed',
      headers: { link: '<https://hub.example.com/>; rel="hub", <https://example.com/feed.json>; rel="self"', 'content-type': 'application/feed+json' },
      body: '{"version":"https://jsonfeed.org/version/1.1","title":"Example","feed_url":"https://example.com/feed.json","items":[{"id":"42","url":"https://example.com/posts/42","content_text":"Hello","date_published":"2026-01-01T00:00:00Z"}]}',
    },
  ],
  sign: (request, key) => void (request.headers['x-hub-signature'] = signature('sha256', key, request.body)),
  accepts(request, key) {
    const [hash, hex] = request.headers['x-hub-signature'].split('=');
    return ['sha1', 'sha256', 'sha384', 'sha512'].includes(hash) && same(hex, hmac(hash, key, request.body));
  },
  oddBodies: false,
  extra: [
    { case: 'valid-sha1', expect: 'accept', type, ...by('sha1') },
    { case: 'valid-sha384', expect: 'accept', type, ...by('sha384') },
    { case: 'valid-sha512', expect: 'accept', type, ...by('sha512') },
    { case: 'valid-text', expect: 'accept', type, sign: true, headers: { 'content-type': 'text/plain' }, body: 'plain words' },
    { case: 'hash-md5', expect: 'reject', ...by('md5') },
    { case: 'hash-misnamed', expect: 'reject', ...by('sha512', 'sha256') },
    { case: 'subscribe', expect: 'handshake', expect_status: 200, expect_reply: '7fde3a1b', ...ask('subscribe', topic, '7fde3a1b') },
    { case: 'unsubscribe', expect: 'handshake', expect_status: 200, expect_reply: '7fde3a1c', ...ask('unsubscribe', topic, '7fde3a1c') },
    { case: 'subscribe-another-topic', expect: 'reject', ...ask('subscribe', 'https://example.com/other.atom', '7fde3a1b') },
    { case: 'subscribe-odd-challenge', expect: 'reject', ...ask('subscribe', topic, '<script>alert(1)</script>') },
    { case: 'another-mode', expect: 'reject', ...ask('publish', topic, '7fde3a1b') },
  ],
});
