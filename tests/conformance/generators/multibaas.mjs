// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${request.text}${t}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'multibaas',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'event.emitted',
      id: 'c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34',
      body: '[{"id":"c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34","event":"event.emitted","data":{"triggeredAt":"2026-01-01T00:00:00Z","event":{"name":"Transfer","signature":"Transfer(address,address,uint256)","contract":{"address":"0x1f9840a85d5af5bf1d1762f925bdaddc4201f984","label":"token"}},"transaction":{"txHash":"0x2446f1fd773fbb9f080e674b60c6a033c7ed7427b8b9413cf28a2a4a6da9b56c","blockNumber":42}}}]',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-multibaas-timestamp'] = at(now);
    request.headers['x-multibaas-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-multibaas-timestamp': t, 'x-multibaas-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
