// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'fastspring',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.completed',
      id: 'JpGJ3hJjQ0mQpK5uVq8m3A',
      body: '{"events":[{"id":"JpGJ3hJjQ0mQpK5uVq8m3A","processed":false,"created":1767225600417,"type":"order.completed","live":true,"data":{"order":"mMv4E1Z8RhWb2c5YpQxDjw","reference":"ACM260101-1234-56789","currency":"USD","total":49.95,"account":"NP4LvUUsTZ6xvMVw7YbO8A","items":[{"product":"acme-editor","quantity":1}]}},{"id":"JpGJ3hJjQ0mQpK5uVq8m3B","processed":false,"created":1767225600417,"type":"subscription.activated","live":true,"data":{"subscription":"sub_7Qk2","account":"NP4LvUUsTZ6xvMVw7YbO8A","product":"acme-editor","state":"active"}}]}',
    },
    {
      name: 'valid-return-created',
      type: 'return.created',
      id: 'JpGJ3hJjQ0mQpK5uVq8m3C',
      body: '{"events":[{"id":"JpGJ3hJjQ0mQpK5uVq8m3C","processed":false,"created":1767225600417,"type":"return.created","live":true,"data":{"return":"oTJDe2WDQc2HVAXwE6MCbw","reference":"ACM260101-1234-56789R","totalReturn":49.95,"currency":"USD"}}]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-fs-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['x-fs-signature'], hmac('sha256', secret, request.body, 'base64')),
  extra: [{ case: 'valid-empty-batch', expect: 'accept', sign: true, body: '{"events":[]}' }],
});
