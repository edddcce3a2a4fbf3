// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'gigya',
  by: 'none: documented scheme',
  config: { secrets: ['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] },
  bodies: [
    {
      name: 'valid',
      type: 'accountLoggedIn',
      id: '3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f',
      body: '{"events":[{"type":"accountLoggedIn","id":"3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f","timestamp":1767225600,"callId":"51c2b0a9","version":"2.0","apiKey":"2_A1b2C3","data":{"uid":"_guid_dVnyDMZQ_MQW1rHRc9iQhw=="}}],"nonce":"8693aa10-9c75-48c9-a959-6ef1ae2b6b54","timestamp":1767225600}',
    },
  ],
  sign(request, secret) {
    request.headers['x-gigya-sig-hmac-sha1'] = hmac('sha1', Buffer.from(secret, 'base64'), request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-gigya-sig-hmac-sha1'], hmac('sha1', Buffer.from(secret, 'base64'), request.text, 'base64'));
  },
});
