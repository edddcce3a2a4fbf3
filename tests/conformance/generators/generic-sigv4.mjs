// packages: aws4@1.13.2
import { suite, same } from '../lib/cases.mjs';
import aws4 from 'aws4';

const event = (type, id) => JSON.stringify({ type, event_id: id, timestamp: '2026-01-01T00:00:00Z', data: { order_id: '12345', total: '19.90' } });
const date = (now) => new Date(now * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '');

// The package signs, and does not verify: a request is good if the package signs it so.
function signed(request, secret, now, names) {
  const url = new URL(request.url);
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => names.includes(name)));
  const options = {
    method: request.method, host: url.host, path: url.pathname + url.search, body: request.body, headers,
    service: 'execute-api', region: 'us-east-1', extraHeadersToIgnore: { 'content-length': true },
  };
  options.headers['X-Amz-Date'] = date(now);
  return aws4.sign(options, { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret }).headers;
}

const names = ['content-type', 'host'];
await suite({
  provider: 'generic-sigv4',
  by: 'aws4@1.13.2 sign',
  config: { secrets: ['wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'] },
  headers: { 'content-type': 'application/json', host: 'hooks.example.com' },
  bodies: [
    { name: 'valid', type: 'order.created', id: 'e1', body: event('order.created', 'e1') },
    { name: 'valid-with-a-query', type: 'order.paid', id: 'e2', url: 'https://hooks.example.com/in/generic-sigv4?b=2&a=1%202&a=0', body: event('order.paid', 'e2') },
  ],
  sign(request, secret, now) {
    const headers = signed(request, secret, now, names);
    request.headers['x-amz-date'] = headers['X-Amz-Date'];
    request.headers.authorization = headers.Authorization;
  },
  accepts(request, secret, now) {
    const given = request.headers['x-amz-date'] ?? '';
    const at = Date.parse(given.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')) / 1000;
    if (!(Math.abs(now - at) <= 300)) return false;
    return same(signed(request, secret, at, names).Authorization, request.headers.authorization ?? '');
  },
  signature: 'authorization',
  covers: ['body', 'url', 'method'],
  timestamped: { tolerance_s: 300 },
});
