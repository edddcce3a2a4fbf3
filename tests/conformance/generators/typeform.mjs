// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const answer = (id, text, type = 'form_response') => JSON.stringify({
  event_id: id, event_type: type,
  form_response: { form_id: 'lT4Z3j', token: 'a3a12ec67a1365927098a606107fac15', submitted_at: '2026-01-01T00:00:00Z', answers: [{ type: 'text', text, field: { id: 'DlXFaesGBpoF', type: 'short_text' } }] },
});
const expected = (request, secret) => `sha256=${hmac('sha256', secret, request.body, 'base64')}`;

await suite({
  provider: 'typeform',
  by: 'none: documented scheme, sha256= and base64 of HMAC-SHA256 of the body',
  config: { secrets: ['mysecretoftypeform0123456789'] },
  bodies: [
    { name: 'valid', type: 'form_response', id: 'LtWXD3crgy', body: answer('LtWXD3crgy', 'Jané') },
    { name: 'valid-partial', type: 'form_response_partial', id: 'LtWXD3crgz', body: answer('LtWXD3crgz', 'J', 'form_response_partial') },
  ],
  sign(request, secret) {
    request.headers['typeform-signature'] = expected(request, secret);
  },
  accepts: (request, secret) => same(request.headers['typeform-signature'] ?? '', expected(request, secret)),
});
