// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'tally',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64',
  config: { secrets: ['5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10'] },
  bodies: [
    { name: 'valid', type: 'FORM_RESPONSE', id: 'a4cb511e-d513-4fa5-baee-b815d718dfd1', body: '{"eventId":"a4cb511e-d513-4fa5-baee-b815d718dfd1","eventType":"FORM_RESPONSE","createdAt":"2026-01-01T00:00:00.889Z","data":{"responseId":"2wgx4n","submissionId":"2wgx4n","respondentId":"dwQKYm","formId":"VwbNEw","formName":"Webhook payload","createdAt":"2026-01-01T00:00:00.000Z","fields":[{"key":"question_mVGEg3_8b5711e3","label":"What is your name?","type":"INPUT_TEXT","value":"Ada"},{"key":"question_nPpjVn_84b69bb2","label":"Tell us more","type":"TEXTAREA","value":"Lorem ipsum"}]}}' },
    { name: 'valid-short', type: 'FORM_RESPONSE', id: 'a4cb511e-d513-4fa5-baee-b815d718dfd2', body: '{"eventId":"a4cb511e-d513-4fa5-baee-b815d718dfd2","eventType":"FORM_RESPONSE","createdAt":"2026-01-01T00:00:05.889Z","data":{"responseId":"2wgx4o","submissionId":"2wgx4o","respondentId":"dwQKYn","formId":"VwbNEw","fields":[]}}' },
  ],
  sign(request, secret) {
    request.headers['tally-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['tally-signature'] ?? '', hmac('sha256', secret, request.body, 'base64')),
});
