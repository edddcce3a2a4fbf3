// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'helcim',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['3YwggVAmFiKE1tEuW5eEss7Gjkq53kZ0'] },
  bodies: [
    {
      name: 'valid',
      type: 'cardTransaction',
      id: 'msg_3UyF0iWO3YnYaV6RqJDIAMB7kLf',
      headers: { 'webhook-id': 'msg_3UyF0iWO3YnYaV6RqJDIAMB7kLf' },
      body: '{"id":"25764674","type":"cardTransaction"}',
    },
    {
      name: 'valid-terminal-cancel',
      type: 'terminalCancel',
      id: 'msg_V3FA6xL51asYXGygIiP0wp6B6DJ',
      headers: { 'webhook-id': 'msg_V3FA6xL51asYXGygIiP0wp6B6DJ' },
      body: '{"type":"terminalCancel","data":{"cancelledAt":"2026-01-01T00:00:05Z","currency":"CAD","deviceCode":"NBL7","transactionAmount":1}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret, 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
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
