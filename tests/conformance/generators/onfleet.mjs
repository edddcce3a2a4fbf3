// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'onfleet',
  by: 'none: documented scheme',
  config: { secrets: ['861bbfc01e089259091927d6ad7f71c8b46b7ee13499574e83c633b74cdc29e3'] },
  bodies: [
    {
      name: 'valid',
      type: 'taskStarted',
      body: '{"taskId":"5GMuaeSP8s3eDQfS6mYvKwE3","workerId":"BC8B1uTWLLE6qKaZAPDHNUK2","adminId":null,"data":{"task":{"id":"5GMuaeSP8s3eDQfS6mYvKwE3","shortId":"6mYvKwE3","state":2,"metadata":[{"name":"order","type":"string","value":"42"}]}},"actionContext":{"type":"WORKER","id":"BC8B1uTWLLE6qKaZAPDHNUK2"},"triggerId":0,"triggerName":"taskStarted","time":1767225600000}',
    },
  ],
  sign(request, secret) {
    request.headers['x-onfleet-signature'] = hmac('sha512', Buffer.from(secret, 'hex'), request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-onfleet-signature'], hmac('sha512', Buffer.from(secret, 'hex'), request.text));
  },
  extra: [
    { case: 'check', expect: 'handshake', method: 'GET', url: 'https://hooks.example.com/in/onfleet?check=b4f1f7a2', headers: {}, expect_status: 200, expect_reply: 'b4f1f7a2' },
  ],
});
