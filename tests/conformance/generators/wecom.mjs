// packages: @wecom/crypto@1.0.1
import { suite, same, read, put } from '../lib/cases.mjs';
import { getSignature } from '@wecom/crypto';

const encrypted = (request) => /<Encrypt><!\[CDATA\[(.*?)\]\]><\/Encrypt>/.exec(request.text)?.[1] ?? '';

await suite({
  provider: 'wecom',
  by: '@wecom/crypto@1.0.1 getSignature',
  config: { secrets: ['QDG6eK1234567890'] },
  bodies: [
    {
      name: 'valid',
      type: 'encrypted',
      headers: { 'content-type': 'text/xml' },
      body: '<xml><ToUserName><![CDATA[ww1a2b3c4d5e6f7a8b]]></ToUserName><Encrypt><![CDATA[RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==]]></Encrypt><AgentID><![CDATA[218]]></AgentID></xml>',
    },
  ],
  sign(request, secret, now) {
    put(request, { query: 'timestamp' }, String(now));
    put(request, { query: 'nonce' }, '1372623149');
    put(request, { query: 'msg_signature' }, getSignature(secret, String(now), '1372623149', encrypted(request)));
  },
  accepts(request, secret) {
    const [timestamp, nonce, signature] = ['timestamp', 'nonce', 'msg_signature'].map((query) => read(request, { query }));
    return same(signature, getSignature(secret, timestamp, nonce, encrypted(request)));
  },
  signature: { query: 'msg_signature' },
  headers: { 'content-type': 'text/xml' },
  covers: [], // only what is encrypted
  oddBodies: false,
  timestamped: { tolerance_s: 300 },
  // The package looks at no clock.
  lenient: ['stale-timestamp', 'future-timestamp'],
  forge: {
    'tampered-encrypt': (request) => {
      request.body = Buffer.from(request.text.replace('RypEv', 'RypEw'));
    },
    'another-nonce': (request) => put(request, { query: 'nonce' }, '1372623148'),
    'another-timestamp': (request) => put(request, { query: 'timestamp' }, '1767225601'),
    'empty-body': (request) => {
      request.body = Buffer.alloc(0);
    },
  },
});
