// packages: crisp-api@11.3.0
import { suite, hmac } from '../lib/cases.mjs';
import Crisp from 'crisp-api';

const { Crisp: Client } = Crisp;
const client = new Client();
client.setRtmMode(Client.RTM_MODES.WebHooks);
await client.on('message:send', () => {}); // before it, the package verifies nothing

await suite({
  provider: 'crisp',
  by: 'crisp-api@11.3.0 Crisp.verifyHook',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'message:send',
      headers: { 'x-crisp-event': 'message:send' },
      body: '{"website_id":"42286ab3-b29a-4fde-8538-da0ae501d825","event":"message:send","data":{"type":"text","origin":"chat","content":"Hello","timestamp":1767225600000,"fingerprint":176722560000051,"website_id":"42286ab3-b29a-4fde-8538-da0ae501d825","session_id":"session_36ba3566-9651-4790-afc8-ffedbccc317f","from":"user","user":{"nickname":"visitor607","user_id":"session_36ba3566-9651-4790-afc8-ffedbccc317f"},"stamped":true},"timestamp":1767225600000}',
    },
    {
      name: 'valid-session-set-email',
      type: 'session:set_email',
      body: '{"website_id":"42286ab3-b29a-4fde-8538-da0ae501d825","event":"session:set_email","data":{"session_id":"session_36ba3566-9651-4790-afc8-ffedbccc317f","website_id":"42286ab3-b29a-4fde-8538-da0ae501d825","email":"zoë@example.com"},"timestamp":1767225605000}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-crisp-request-timestamp'] = String(now * 1000);
    request.headers['x-crisp-signature'] = hmac('sha256', secret, `[${now * 1000};${request.text}]`);
  },
  accepts(request, secret) {
    return client.verifyHook(secret, request.json, Number(request.headers['x-crisp-request-timestamp']), request.headers['x-crisp-signature']);
  },
  timestamped: { tolerance_s: 300 },
  // The package signs what it parsed and wrote again, and looks at no clock.
  oddBodies: false,
  lenient: ['tampered-body-trailing-newline', 'stale-timestamp', 'future-timestamp'],
});
