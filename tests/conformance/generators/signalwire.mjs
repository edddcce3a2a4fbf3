// packages: @signalwire/web-api@3.1.7 @signalwire/compatibility-api@3.2.0
import { suite, hmac } from '../lib/cases.mjs';
import { validateRequest } from '@signalwire/web-api';
import { RestClient } from '@signalwire/compatibility-api';

const url = 'https://hooks.example.com/in/signalwire';
const secret = 'PSK_4f8a1c6d2b9e4035a7c1e8d3f6b2094c';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };
const state = '{"event_type":"calling.call.state","event_channel":"signalwire_calling","timestamp":1767225600.12,"project_id":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de","space_id":"c1f0c5de-7d1a-4f7d-9d7e-0c5f3a2b1e90","params":{"call_id":"84cca175-9755-4859-b67f-4730d7f58aa3","call_state":"ended","direction":"inbound"}}';
const pairs = (text) => [...new URLSearchParams(text)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => key + value).join('');

await suite({
  provider: 'signalwire',
  by: '@signalwire/web-api@3.1.7 validateRequest and @signalwire/compatibility-api@3.2.0 RestClient.validateRequest',
  config: { secrets: [secret], url },
  url,
  headers: form,
  bodies: [
    { name: 'valid', type: 'message.delivered', id: 'fc2a9ed8-2c5b-4d6e-8f70-1a2b3c4d5e6f:delivered', body: 'MessageSid=fc2a9ed8-2c5b-4d6e-8f70-1a2b3c4d5e6f&SmsSid=fc2a9ed8-2c5b-4d6e-8f70-1a2b3c4d5e6f&MessageStatus=delivered&SmsStatus=delivered&AccountSid=a8e5d37a-696c-4c54-adb5-b3f28d64c7de&From=%2B15550100001&To=%2B15550100002&ApiVersion=2010-04-01' },
    { name: 'valid-received', type: 'message.received', id: 'fc2a9ed8-2c5b-4d6e-8f70-1a2b3c4d5e70:received', body: 'MessageSid=fc2a9ed8-2c5b-4d6e-8f70-1a2b3c4d5e70&SmsSid=fc2a9ed8-2c5b-4d6e-8f70-1a2b3c4d5e70&From=%2B15550100001&To=%2B15550100002&Body=Gr%C3%BC%C3%9Fe+%26+more&NumMedia=0&MessageStatus=received' },
    { name: 'valid-fax', type: 'fax.received', body: 'FaxSid=84cca175-9755-4859-b67f-4730d7f58aa4&FaxStatus=received&From=%2B15550100001&To=%2B15550100002' },
    { name: 'valid-call', type: 'call.completed', id: '84cca175-9755-4859-b67f-4730d7f58aa3:2', body: 'CallSid=84cca175-9755-4859-b67f-4730d7f58aa3&CallStatus=completed&SequenceNumber=2&From=%2B15550100001&To=%2B15550100002&Direction=inbound' },
    { name: 'valid-json', type: 'calling.call.state', headers: json, body: state },
  ],
  sign(request, key) {
    request.headers['x-signalwire-signature'] = request.headers['content-type'] === json['content-type']
      ? hmac('sha1', key, request.url + request.text)
      : hmac('sha1', key, request.url + pairs(request.text), 'base64');
  },
  accepts(request, key) {
    const signature = request.headers['x-signalwire-signature'] ?? '';
    if (request.headers['content-type'] === json['content-type']) return validateRequest(key, signature, request.url, request.text);
    return RestClient.validateRequest(key, signature, request.url, Object.fromEntries(new URLSearchParams(request.text)));
  },
  covers: ['body', 'url'],
  oddBodies: 'form',
  extra: [
    { case: 'valid-signed-with-port', expect: 'accept', type: 'fax.received', headers: { ...form, 'x-signalwire-signature': hmac('sha1', secret, `${url.replace('example.com', 'example.com:443')}FaxStatusreceived`, 'base64') }, body: 'FaxStatus=received' },
    { case: 'json-in-base64', expect: 'reject', headers: { ...json, 'x-signalwire-signature': hmac('sha1', secret, url + state, 'base64') }, body: state },
    { case: 'json-relabelled-as-form', expect: 'reject', headers: { ...form, 'x-signalwire-signature': hmac('sha1', secret, url + state) }, body: state },
    { case: 'json-of-another-url', expect: 'reject', headers: { ...json, 'x-signalwire-signature': hmac('sha1', secret, `${url}/x${state}`) }, body: state },
  ],
});
