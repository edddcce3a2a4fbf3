// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

const secret = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const url = 'https://hooks.example.com/in/facebook-messenger';
const get = (token, challenge, mode = 'subscribe') => ({ method: 'GET', headers: {}, url: `${url}?hub.mode=${mode}&hub.verify_token=${token}&hub.challenge=${challenge}` });

await suite({
  provider: 'facebook-messenger',
  by: 'none: documented scheme, sha256= and HMAC-SHA256 of the body in hex',
  config: { secrets: [secret], verify_token: 'hf-verify-2Yk8mQz7' },
  bodies: [
    {
      name: 'valid',
      type: 'messages',
      id: 'm_oSNKkm5O2t9rTx2Yb1cVQqz',
      headers: { 'user-agent': 'facebookexternalua' },
      body: '{"object":"page","entry":[{"id":"110774245616525","time":1767225600417,"messaging":[{"sender":{"id":"6832117863478921"},"recipient":{"id":"110774245616525"},"timestamp":1767225600123,"message":{"mid":"m_oSNKkm5O2t9rTx2Yb1cVQqz","text":"Hello, is this still available?","nlp":{"intents":[],"entities":{}}}}]}]}',
    },
    {
      name: 'valid-messaging-postbacks',
      type: 'messaging_postbacks',
      id: 'm_MESSAGE-ID-POSTBACK',
      body: '{"object":"page","entry":[{"id":"110774245616525","time":1767225600417,"messaging":[{"sender":{"id":"6832117863478921"},"recipient":{"id":"110774245616525"},"timestamp":1767225600123,"postback":{"mid":"m_MESSAGE-ID-POSTBACK","title":"Get started","payload":"START"}}]}]}',
    },
    {
      name: 'valid-message-reads',
      type: 'message_reads',
      body: '{"object":"page","entry":[{"id":"110774245616525","time":1767225600417,"messaging":[{"sender":{"id":"6832117863478921"},"recipient":{"id":"110774245616525"},"timestamp":1767225600123,"read":{"watermark":1767225600000}}]}]}',
    },
    {
      name: 'valid-message-echoes',
      type: 'message_echoes',
      id: 'm_echo1',
      body: '{"object":"page","entry":[{"id":"110774245616525","time":1767225600417,"messaging":[{"sender":{"id":"6832117863478921"},"recipient":{"id":"110774245616525"},"timestamp":1767225600123,"message":{"mid":"m_echo1","is_echo":true,"app_id":1517776481860111,"text":"We are open."}}]}]}',
    },
    {
      name: 'valid-two',
      type: 'messages',
      id: 'm_first',
      body: '{"object":"page","entry":[{"id":"110774245616525","time":1767225600417,"messaging":[{"sender":{"id":"6832117863478921"},"recipient":{"id":"110774245616525"},"timestamp":1767225600123,"message":{"mid":"m_first","text":"one"}},{"sender":{"id":"6832117863478921"},"recipient":{"id":"110774245616525"},"timestamp":1767225600123,"message":{"mid":"m_second","text":"two"}}]}]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-hub-signature-256'] = `sha256=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-hub-signature-256'], `sha256=${hmac('sha256', secret, request.body)}`),
  extra: [
    { case: 'handshake', expect: 'handshake', ...get('hf-verify-2Yk8mQz7', '1158201444'), expect_status: 200, expect_reply: '1158201444' },
    { case: 'handshake-wrong-token', expect: 'reject', ...get('hf-verify-2Yk8mQz8', '1158201444') },
    { case: 'handshake-markup', expect: 'reject', ...get('hf-verify-2Yk8mQz7', '%3Cb%3E') },
    { case: 'handshake-another-mode', expect: 'reject', ...get('hf-verify-2Yk8mQz7', '1158201444', 'unsubscribe') },
    { case: 'valid-empty-batch', expect: 'accept', sign: true, body: '{"object":"page","entry":[]}' },
  ],
});
