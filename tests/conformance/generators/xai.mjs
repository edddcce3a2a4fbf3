// packages: standardwebhooks@1.1.1
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'xai',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_Aajxerc9R0jrRJtcqHKJennMxNsYTUmY'] },
  bodies: [
    {
      name: 'valid',
      type: 'realtime.call.incoming',
      id: 'evt_01jgfj8x2m3n4p5q6r7s8t9v0w',
      headers: { 'webhook-id': 'msg_gTQco4DTiYNWkAHQY6QDEH2unLC' },
      body: '{"object":"event","id":"evt_01jgfj8x2m3n4p5q6r7s8t9v0w","type":"realtime.call.incoming","created_at":1767225600,"data":{"call_id":"call_01jgfj8x2m3n4p5q6r7s8t9v0x","sip_headers":[{"name":"From","value":"sip:+14155550100@sip.example.com"},{"name":"To","value":"sip:+18005550199@sip.voice.x.ai"}]}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
