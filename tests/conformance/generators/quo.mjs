// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, content) => hmac('sha256', Buffer.from(secret, 'base64'), content, 'base64');
const standard = (body) => mac(null, 'c3ludGhldGljLW9wZW5waG9uZS1zZWNyZXQ=', `msg_1.1767225600.${body}`);
const body = JSON.stringify({ id: 'EVc67ec998b35c41d388af50799aeeba3f', type: 'call.completed', data: { object: { id: 'AC1' } } });
const headers = (signature) => ({ 'content-type': 'application/json', 'webhook-id': 'msg_1', 'webhook-timestamp': '1767225600', 'webhook-signature': signature });

await suite({
  provider: 'quo',
  by: 'none: documented scheme',
  config: { secrets: ['c3ludGhldGljLW9wZW5waG9uZS1zZWNyZXQ='] },
  bodies: [
    {
      name: 'valid',
      type: 'message.received',
      id: 'EVc67ec998b35c41d388af50799aeeba3e',
      body: '{"id":"EVc67ec998b35c41d388af50799aeeba3e","object":"event","apiVersion":"v3","createdAt":"2026-01-01T00:00:00.000Z","type":"message.received","data":{"object":{"id":"AC24a8b8321c4f4cf2be110f4250793d51","object":"message","from":"+14155550100","to":"+13105550199","direction":"incoming","text":"Hello","status":"received","createdAt":"2026-01-01T00:00:00.000Z","userId":"USu5AsEHuQ","phoneNumberId":"PNtoDbDhuz","conversationId":"CN78ba0373683c48fd8fd96bc836c51f79"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['openphone-signature'] = `hmac;1;${now * 1000};${mac(request, secret, `${now * 1000}.${request.text}`)}`;
  },
  accepts(request, secret, now) {
    const { 'openphone-signature': legacy, 'webhook-signature': signature, 'webhook-timestamp': time, 'webhook-id': id } = request.headers;
    if (signature) return Math.abs(now - Number(time)) <= 300 && same(signature, `v1,${mac(request, secret, `${id}.${time}.${request.text}`)}`);
    const [scheme, version, t, value] = legacy.split(';');
    return scheme === 'hmac' && version === '1' && Math.abs(now - Number(t) / 1000) <= 300 && same(value, mac(request, secret, `${t}.${request.text}`));
  },
  timestamped: { tolerance_s: 300 },
  extra: [
    { case: 'valid-standard', expect: 'accept', type: 'call.completed', id: 'EVc67ec998b35c41d388af50799aeeba3f', headers: headers(`v1,${standard(body)}`), body },
    { case: 'tampered-standard', expect: 'reject', headers: headers(`v1,${standard(body)}`), body: body.replace('AC1', 'AC2') },
  ],
});
