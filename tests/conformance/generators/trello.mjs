// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const url = 'https://hooks.example.com/in/trello';
const action = (type, id) => JSON.stringify({
  action: { id, type, date: '2026-01-01T00:00:00.000Z', data: { card: { id: '51a79e72dbb7e23c7c003778', name: 'Wébhooks' } } },
  model: { id: '4d5ea62fd76aa1136000000c', name: 'Trello Development' },
});
const expected = (request, secret) => hmac('sha1', secret, Buffer.concat([request.body, Buffer.from(request.url)]), 'base64');

await suite({
  provider: 'trello',
  by: 'none: documented scheme, HMAC-SHA1 of body and callback URL',
  config: { secrets: ['7c1fe0d91ae4bb7d3f5a2c6e8b9d0f1a2b3c4d5e6f708192a3b4c5d6e7f80912'], url },
  url,
  bodies: [
    { name: 'valid', type: 'updateCard', id: '51f9424bcd6e040f3c002412', body: action('updateCard', '51f9424bcd6e040f3c002412') },
    { name: 'valid-comment', type: 'commentCard', id: '51f9424bcd6e040f3c002413', body: action('commentCard', '51f9424bcd6e040f3c002413') },
  ],
  sign(request, secret) {
    request.headers['x-trello-webhook'] = expected(request, secret);
  },
  accepts: (request, secret) => same(request.headers['x-trello-webhook'] ?? '', expected(request, secret)),
  covers: ['body', 'url'],
  extra: [
    { case: 'handshake-head', expect: 'handshake', method: 'HEAD', headers: {}, expect_status: 200, expect_reply: '' },
    { case: 'get-is-no-handshake', expect: 'reject', method: 'GET', headers: {} },
  ],
});
