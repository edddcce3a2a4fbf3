// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const contact = (id) => ({ contact: { isPublished: true, id, points: 0, fields: { core: { firstname: { alias: 'firstname', value: 'Zoë' } } } }, timestamp: '2026-01-01T00:00:00+00:00' });

await suite({
  provider: 'mautic',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64',
  config: { secrets: ['d0f1e2c3b4a5968778695a4b3c2d1e0f'] },
  bodies: [
    { name: 'valid', type: 'mautic.lead_post_save_new', body: JSON.stringify({ 'mautic.lead_post_save_new': [contact(54)] }) },
    { name: 'valid-two-kinds', type: 'mautic.lead_post_save_update', body: JSON.stringify({ 'mautic.lead_post_save_update': [contact(54), contact(55)], 'mautic.email_on_open': [{ stat: { id: 1 }, timestamp: '2026-01-01T00:00:00+00:00' }] }) },
  ],
  sign(request, secret) {
    request.headers['webhook-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['webhook-signature'], hmac('sha256', secret, request.body, 'base64')),
});
