// packages:
import { suite, same, read, put } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

const digest = (...values) => createHash('sha1').update(values.sort().join('')).digest('hex');
const url = (echostr, secret) => `https://hooks.example.com/in/wechat-official-account?signature=${digest(secret, '1767225600', '263014780')}&echostr=${echostr}&timestamp=1767225600&nonce=263014780`;

await suite({
  provider: 'wechat-official-account',
  by: 'none: documented scheme',
  config: { secrets: ['QDG6eK1234567890'] },
  bodies: [
    {
      name: 'valid',
      type: 'text',
      id: '6054768590064713728',
      headers: { 'content-type': 'text/xml' },
      body: '<xml><ToUserName><![CDATA[gh_1a2b3c4d5e6f]]></ToUserName><FromUserName><![CDATA[oLVPpjqs9BhvzwPj5A-vTYAX3GLc]]></FromUserName><CreateTime>1767225600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[hello]]></Content><MsgId>6054768590064713728</MsgId></xml>',
    },
    {
      name: 'valid-event-subscribe',
      type: 'event.subscribe',
      id: 'oLVPpjqs9BhvzwPj5A-vTYAX3GLc.1767225601.subscribe',
      headers: { 'content-type': 'text/xml' },
      body: '<xml><ToUserName><![CDATA[gh_1a2b3c4d5e6f]]></ToUserName><FromUserName><![CDATA[oLVPpjqs9BhvzwPj5A-vTYAX3GLc]]></FromUserName><CreateTime>1767225601</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event></xml>',
    },
  ],
  sign(request, secret, now) {
    put(request, { query: 'timestamp' }, String(now));
    put(request, { query: 'nonce' }, '263014780');
    put(request, { query: 'signature' }, digest(secret, String(now), '263014780'));
  },
  accepts(request, secret, now) {
    const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'signature'].map((query) => read(request, { query }));
    return Math.abs(now - Number(timestamp)) <= 300 && same(signature, digest(secret, timestamp, nonce));
  },
  headers: { 'content-type': 'text/xml' },
  signature: { query: 'signature' },
  covers: [],
  oddBodies: false,
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-nonce': (request) => put(request, { query: 'nonce' }, '263014781'),
  },
  extra: [
    { case: 'echo', expect: 'handshake', method: 'GET', headers: {}, url: url('5927782489442352469', 'QDG6eK1234567890'), expect_status: 200, expect_reply: '5927782489442352469' },
    { case: 'echo-forged', expect: 'reject', method: 'GET', headers: {}, url: url('5927782489442352469', 'QDG6eK1234567891') },
  ],
});
