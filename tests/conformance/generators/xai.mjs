// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
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
  ...standard('webhook', Webhook),
});
