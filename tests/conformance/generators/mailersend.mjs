// packages: mailersend@3.4.0
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';

const { MailerSendUtils } = createRequire(import.meta.url)('mailersend/lib/services/mailersend.utils.js');
const activity = (name, type, id, subject) => ({
  name, type: `activity.${type}`, id,
  body: JSON.stringify({
    type: `activity.${type}`, domain_id: '7z3m5jgrogdpyo6n', created_at: '2026-01-01T00:00:00.000000Z', webhook_id: '7z3m5jgrogdpyo6n', url: 'https://hooks.example.com/in/mailersend',
    data: { object: 'activity', id, type, created_at: '2026-01-01T00:00:00.000000Z', email: { object: 'email', id: '62fb66bbf54a112e920b5492', subject, status: type, recipient: { email: 'jon@example.com' } } },
  }),
});

await suite({
  provider: 'mailersend',
  by: 'mailersend@3.4.0 MailerSendUtils.verifyWebHook',
  config: { secrets: ['Cb6vKnPpyyQAW5vXuBpBxHjDfFhXrLmE'] },
  bodies: [activity('valid', 'delivered', '62fb66bef54a112e920b5493', 'Welcome'), activity('valid-opened', 'opened', '62fb66bef54a112e920b5494', 'Grüße')],
  sign(request, secret) {
    request.headers.signature = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => MailerSendUtils.verifyWebHook(request.text, request.headers.signature, secret),
});
