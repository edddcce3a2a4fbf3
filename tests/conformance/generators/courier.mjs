// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'courier',
  by: 'none: documented scheme, HMAC-SHA256 of time and body',
  config: { secrets: ['whsk_2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4'] },
  bodies: [
    {
      name: 'valid',
      type: 'message:updated',
      body: '{"type":"message:updated","data":{"id":"1-65f240a0-47a6a120c8374de9bcf9f22c","status":"DELIVERED","recipient":"user_42","event":"welcome-email","notification":"X6PQRQ7QHQ4M9ANKYQ4WBZS0CZ1H","enqueued":1767225590000,"sent":1767225592000,"delivered":1767225600000,"providers":[{"provider":"sendgrid","reference":{"x-message-id":"rhv1gPRuTqGpYHPJ-l8XqA"},"status":"DELIVERED","delivered":1767225600000}]}}',
    },
    {
      name: 'valid-notification-submitted',
      type: 'notification:submitted',
      id: '5b80173019b9b80f62570e11b90d44b05937e3c2cf33a2da3649c26c36bbeb8b',
      body: '{"type":"notification:submitted","data":{"id":"X6PQRQ7QHQ4M9ANKYQ4WBZS0CZ1H","submission_id":"5f1c2e8a","title":"Welcome","created":1767225600000,"submitted":1767225605000}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['courier-signature'] = `t=${now * 1000},signature=${hmac('sha256', secret, `${now * 1000}.${request.text}`)}`;
  },
  accepts(request, secret, now) {
    const [, time, signature] = /^t=(\d+),signature=([0-9a-f]{64})$/.exec(request.headers['courier-signature'] ?? '');
    return Math.abs(time / 1000 - now) <= 300 && same(signature, hmac('sha256', secret, `${time}.${request.text}`));
  },
  timestamped: { tolerance_s: 300 },
});
