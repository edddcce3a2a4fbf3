// packages: plivo@4.79.0
import { suite, hmac } from '../lib/cases.mjs';
import plivo from 'plivo';

const nonce = 'x-plivo-signature-v3-nonce';
const pairs = (text) => [...new URLSearchParams(text)];
const sorted = (list, between, behind) => list.map(([key, value]) => `${key}${between}${value}`).sort().join(behind);
const content = (request) => {
  const [base, query = ''] = request.url.split('?');
  const asked = sorted(pairs(query), '=', '&');
  if (request.method === 'GET') return `${base}?${asked}`;
  return `${base}?${asked}${asked ? '.' : ''}${sorted(pairs(request.text), '', '')}`;
};
// As a web framework would hand it over: repeated fields as a list.
const params = (text) => {
  const all = {};
  for (const [key, value] of pairs(text)) all[key] = key in all ? [all[key], value].flat() : value;
  return all;
};
const message = 'From=14156667778&MessageUUID=53e6526a-9b1a-11ea-8d2b-0242ac110003&Text=Hello+there%21&To=14156667777&TotalAmount=0&TotalRate=0&Type=sms&Units=1';
const report = 'From=14156667777&MessageUUID=53e6526a-9b1a-11ea-8d2b-0242ac110004&Status=delivered&To=14156667778&Units=1';
const url = 'https://hooks.example.com/in/plivo';

await suite({
  provider: 'plivo',
  by: 'plivo@4.79.0 validateV3Signature',
  config: { secrets: ['MmQ5ZDRkZjVhNTA1ZWY0NjcyMGJjYWQxYjU1ZTA2'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'message.received', id: '53e6526a-9b1a-11ea-8d2b-0242ac110003', body: message },
    { name: 'valid-report', type: 'message.delivered', id: '53e6526a-9b1a-11ea-8d2b-0242ac110004:delivered', body: report },
    { name: 'valid-call', type: 'call.hangup', body: 'CallStatus=completed&CallUUID=7c0b9e2a-7c5c-4c0b-8a68-4c9d3c2b1a00&Event=Hangup&HangupCause=NORMAL_CLEARING' },
    { name: 'valid-with-query', type: 'message.received', id: '53e6526a-9b1a-11ea-8d2b-0242ac110003', url: `${url}?b=2&a=1`, body: message },
    { name: 'valid-get', type: 'message.delivered', id: '53e6526a-9b1a-11ea-8d2b-0242ac110004:delivered', method: 'GET', url: `${url}?${report}`, headers: { 'content-type': 'text/plain' } },
    { name: 'valid-two-tokens', type: 'message.received', id: '53e6526a-9b1a-11ea-8d2b-0242ac110003', headers: { 'x-test': 'two' }, body: message },
  ],
  oddBodies: 'form',
  longBody: 1500,
  sign(request, secret, now) {
    request.headers[nonce] = `5f${now}91a`;
    const mine = hmac('sha256', secret, `${content(request)}.${request.headers[nonce]}`, 'base64');
    request.headers['x-plivo-signature-v3'] = request.headers['x-test'] ? `${'A'.repeat(43)}=,${mine}` : mine;
  },
  accepts: (request, secret) => plivo.validateV3Signature(request.method, request.url, request.headers[nonce], secret, request.headers['x-plivo-signature-v3'] ?? '', params(request.text)),
  signature: 'x-plivo-signature-v3',
  covers: ['body', 'url', 'method'],
});
