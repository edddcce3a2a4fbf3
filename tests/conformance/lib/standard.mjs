// What the generators of Standard Webhooks have in common. Svix is the same under headers of its own.
import { hmac, put } from './cases.mjs';

// `sign`, `accepts`, `timestamped` and `forge` of a suite: `prefix` is that of the headers, `webhook` or `svix`, and
// `Webhook` the class of the package that judges. A suite that wants more says it behind these.
export function standard(prefix, Webhook) {
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) => `${prefix}-${name}`);
  return {
    sign(request, secret, now) {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      request.headers[timestamp] = String(now);
      request.headers[signature] = `v1,${hmac('sha256', key, `${request.headers[id]}.${now}.${request.text}`, 'base64')}`;
    },
    accepts(request, secret) {
      new Webhook(secret).verify(request.text, request.headers);
      return true;
    },
    timestamped: { tolerance_s: 300 },
    forge: {
      'another-id': (request) => put(request, id, 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
      'missing-id': (request) => put(request, id, undefined),
    },
  };
}
