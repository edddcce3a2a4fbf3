// packages:
import { suite, same } from '../lib/cases.mjs';
import { createHmac } from 'node:crypto';

// The shared key, the request and the signature of RFC 9421, appendices B.1.5 and B.2.5.
const key = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==';
const params = '("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"';
const headers = { host: 'example.com', date: 'Tue, 20 Apr 2021 02:07:55 GMT', 'content-type': 'application/json' };
const url = 'https://example.com/foo?param=Value&Pet=dog';
const by = 'none: RFC 9421 appendix B.2.5 published signature value';

function mac(request, secret) {
  const base = `"date": ${request.headers.date}\n"@authority": example.com\n"content-type": ${request.headers['content-type']}\n"@signature-params": ${params}`;
  return createHmac('sha256', Buffer.from(secret, 'base64')).update(base).digest('base64');
}

await suite({
  provider: 'rfc9421-hmac',
  by,
  config: { secrets: [key], secret_encoding: 'base64', key_id: 'test-shared-secret' },
  url,
  headers,
  bodies: [
    { name: 'valid', type: 'order.created', id: 'e1', body: '{"type":"order.created","event_id":"e1","data":{"order_id":"12345"}}' },
    { name: 'valid-shipped', type: 'order.shipped', id: 'e2', body: '{"type":"order.shipped","event_id":"e2","data":{"order_id":"12345"}}' },
  ],
  sign(request, secret) {
    request.headers['signature-input'] = `sig-b25=${params}`;
    request.headers.signature = `sig-b25=:${mac(request, secret)}:`;
  },
  accepts: (request, secret) =>
    request.headers['signature-input'] === `sig-b25=${params}` && same(request.headers.signature ?? '', `sig-b25=:${mac(request, secret)}:`),
  signature: 'signature',
  covers: [],
  forge: {
    'another-date': (request) => { request.headers.date = 'Tue, 20 Apr 2021 02:07:56 GMT'; },
    'another-content-type': (request) => { request.headers['content-type'] = 'text/json'; },
    'component-dropped': (request) => { request.headers['signature-input'] = request.headers['signature-input'].replace('"date" ', ''); },
    'another-key-id': (request) => { request.headers['signature-input'] = request.headers['signature-input'].replace('test-shared', 'other-shared'); },
    'another-label': (request) => { request.headers['signature-input'] = request.headers['signature-input'].replace('sig-b25', 'sig-b26'); },
  },
  extra: [{
    case: 'docs-test-vector',
    expect: 'accept',
    url,
    body: '{"hello": "world"}',
    headers: { ...headers, 'signature-input': `sig-b25=${params}`, signature: 'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:' },
  }],
});
