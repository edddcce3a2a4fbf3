// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

const url = 'https://hooks.example.com/in/dropbox';
const get = (query) => ({ method: 'GET', headers: {}, url: `${url}${query}` });

await suite({
  provider: 'dropbox',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['q9w2e4r6t8y1u3i'] },
  bodies: [
    {
      name: 'valid',
      type: 'list_folder',
      headers: { 'user-agent': 'DropboxWebhooks/1.0' },
      body: '{"list_folder":{"accounts":["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc","dbid:AAGx4oiLtHdvRdNxUpvvJBXYgR4BS19c9kw"]},"delta":{"users":[12345678,23456789]}}',
    },
    {
      name: 'valid-second',
      type: 'list_folder',
      headers: { 'user-agent': 'DropboxWebhooks/1.0' },
      body: '{"list_folder":{"accounts":["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"]},"delta":{"users":[12345678]}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-dropbox-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-dropbox-signature'], hmac('sha256', secret, request.body)),
  extra: [
    { case: 'handshake-challenge', expect: 'handshake', ...get('?challenge=7f8e9d0c1b2a3948'), expect_status: 200, expect_reply: '7f8e9d0c1b2a3948' },
    { case: 'handshake-without-challenge', expect: 'reject', ...get('') },
    { case: 'handshake-markup', expect: 'reject', ...get('?challenge=%3Cscript%3Ealert(1)%3C%2Fscript%3E') },
    { case: 'handshake-challenge-twice', expect: 'reject', ...get('?challenge=a&challenge=b') },
  ],
});
