// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'filestack',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'fp.upload',
      id: '2023',
      body: '{"id":2023,"action":"fp.upload","timestamp":1767225600,"text":{"container":"your-bucket","url":"https://cdn.filestackcontent.com/bfTNCigRLq0QMI3oUlPG","filename":"file.png","client":"Computer","key":"kGaeljnga9wkysK6Z_file.png","type":"image/png","status":"Stored","size":158584}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['fs-timestamp'] = at(now);
    request.headers['fs-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'fs-timestamp': t, 'fs-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
