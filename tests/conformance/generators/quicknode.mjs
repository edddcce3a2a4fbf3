// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${request.headers['x-qn-nonce']}${t}${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'quicknode',
  by: 'none: documented scheme',
  config: { secrets: ['qnsec_Z7dAfqmoQvGfLSa0TTOt9A=='] },
  bodies: [
    {
      name: 'valid',
      type: 'transfers',
      headers: { 'x-qn-nonce': '5f1c2e8a3b1d4b0e', 'stream-id': 'b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c', 'stream-name': 'transfers', 'stream-network': 'ethereum-mainnet' },
      body: '[{"blockNumber":"0x13d5e1a","transactionHash":"0x2446f1fd773fbb9f080e674b60c6a033c7ed7427b8b9413cf28a2a4a6da9b56c","from":"0x9c76ae45c36a4da3801a5ba387bbfa3c073ecae2","to":"0x1f9840a85d5af5bf1d1762f925bdaddc4201f984","value":"1000000000000000000"}]',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-qn-timestamp'] = at(now);
    request.headers['x-qn-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-qn-timestamp': t, 'x-qn-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
