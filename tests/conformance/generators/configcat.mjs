// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${request.headers['x-configcat-webhook-id']}${t}${request.text}`, 'base64');
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'configcat',
  by: 'none: documented scheme',
  config: { secrets: ['configcat_whsk_VN3juirnVh5pNvCKd81RYRYchxUX4j3NykbZG2fAy88='] },
  bodies: [
    {
      name: 'valid',
      type: 'config.changed',
      id: 'd9f3b5c1-7a2e-4c8d-9b0f-1e2d3c4b5a69',
      headers: { 'x-configcat-webhook-id': 'd9f3b5c1-7a2e-4c8d-9b0f-1e2d3c4b5a69' },
      body: '{"changedBy":"jon@example.com","configName":"Main","configId":"08d5a03c-feb7-af1e-a1fa-40b3329f8bed","environmentName":"Production","environmentId":"08d8cb7f-6d2a-4b4a-8b1d-0e9b550d6a2c","changeNote":"Ship it"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-configcat-webhook-timestamp'] = at(now);
    request.headers['x-configcat-webhook-signature-v1'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-configcat-webhook-timestamp': t, 'x-configcat-webhook-signature-v1': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
