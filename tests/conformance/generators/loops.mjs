// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

const contact = { id: 'cm4t1suns001uw6atri87v54s', email: 'jane@example.com', userId: 'user_1' };
const event = (name, type, id, more) => ({ name, type, id, headers: { 'webhook-id': id }, body: JSON.stringify({ eventName: type, eventTime: 1767225600, webhookSchemaVersion: '1.0.0', contactIdentity: contact, ...more }) });

await suite({
  provider: 'loops',
  by: 'standardwebhooks@1.1.1 Webhook.verify, whose scheme the documents describe',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    event('valid', 'contact.created', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', { contact: { ...contact, firstName: 'Zoë' } }),
    event('valid-email', 'email.delivered', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X', { sourceType: 'transactional', email: { id: 'cm4t1suns001uw6atri87v54u', subject: 'Welcome' } }),
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts: (request, secret) => Boolean(new Webhook(secret).verify(request.text, request.headers)),
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
  },
});
