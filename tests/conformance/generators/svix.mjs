// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

const signed = (secret, id, now, text) => hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${id}.${now}.${text}`, 'base64');

await suite({
  provider: 'svix',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    { name: 'valid', type: 'invoice.paid', id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X', headers: { 'svix-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X' }, body: '{"type":"invoice.paid","timestamp":"2026-01-01T00:00:00.000Z","data":{"id":"inv_42","object":"invoice","amount":1990,"currency":"EUR","customer":"cus_7","lines":[{"description":"Plan Pro","amount":1990,"quantity":1}],"paid_at":"2026-01-01T00:00:00.000Z"}}' },
    { name: 'valid-event-type', type: 'contact.created', id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y', headers: { 'svix-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y' }, body: '{"event_type":"contact.created","timestamp":"2026-01-01T00:00:05.000Z","data":{"id":"con_9","email":"ada@example.com","first_name":"Ada"}}' },
    { name: 'valid-camel-case', type: 'contact.deleted', id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f50', headers: { 'svix-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f50' }, body: '{"eventType":"contact.deleted","data":{"id":"con_9"}}' },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${signed(secret, request.headers['svix-id'], now, request.text)}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  longBody: 1500,
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
    'asymmetric-only': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v1a,')),
    'another-version': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
  extra: ['v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== '].map((others) => {
    const body = '{"type":"invoice.paid","data":{"id":"inv_43"}}';
    const headers = { 'content-type': 'application/json', 'svix-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Z', 'svix-timestamp': '1767225600' };
    headers['svix-signature'] = `${others}v1,${signed('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', headers['svix-id'], 1767225600, body)}`;
    return { case: 'valid-third-of-several', expect: 'accept', type: 'invoice.paid', id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Z', headers, body };
  }),
});
