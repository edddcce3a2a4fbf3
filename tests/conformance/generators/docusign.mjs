// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

const mine = '1Hd8Kq2mZx7Wc4Vb9Ns3Lp6Jt5Rd0Fg';
const second = '{"event":"envelope-sent","data":{"envelopeId":"e1"},"generatedDateTime":"2026-01-01T00:00:00Z"}';
const headers = (first, other) => ({ 'content-type': 'application/json', 'x-docusign-signature-1': first, 'x-docusign-signature-2': other });
const wrong = hmac('sha256', 'another key of the account', second, 'base64');

await suite({
  provider: 'docusign',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64, a header for each key',
  config: { secrets: ['1Hd8Kq2mZx7Wc4Vb9Ns3Lp6Jt5Rd0Fg'] },
  bodies: [
    {
      name: 'valid',
      type: 'envelope-completed',
      id: 'envelope-completed:e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b:2026-01-01T00:00:00.5473306Z',
      headers: { 'user-agent': 'DocuSign' },
      body: '{"event":"envelope-completed","apiVersion":"v2.1","uri":"/restapi/v2.1/accounts/7a1c2b3d/envelopes/e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b","retryCount":0,"configurationId":10219,"generatedDateTime":"2026-01-01T00:00:00.5473306Z","data":{"accountId":"7a1c2b3d-5e6f-4a8b-9c0d-1e2f3a4b5c6d","userId":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0","envelopeId":"e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b"}}',
    },
    {
      name: 'valid-recipient-completed',
      type: 'recipient-completed',
      id: 'recipient-completed:e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b:1:2026-01-01T00:00:00.5473306Z',
      headers: { 'user-agent': 'DocuSign' },
      body: '{"event":"recipient-completed","apiVersion":"v2.1","uri":"/restapi/v2.1/accounts/7a1c2b3d/envelopes/e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b","retryCount":0,"configurationId":10219,"generatedDateTime":"2026-01-01T00:00:00.5473306Z","data":{"accountId":"7a1c2b3d-5e6f-4a8b-9c0d-1e2f3a4b5c6d","userId":"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0","envelopeId":"e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b","recipientId":"1"}}',
    },
    {
      name: 'valid-xml',
      type: 'Completed',
      id: 'Completed:e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b:2026-01-01T00:00:00.5473306',
      headers: { 'content-type': 'text/xml; charset=utf-8', 'user-agent': 'DocuSign' },
      body: '<?xml version="1.0" encoding="utf-8"?><DocuSignEnvelopeInformation xmlns="http://www.docusign.net/API/3.0"><EnvelopeStatus><TimeGenerated>2026-01-01T00:00:00.5473306</TimeGenerated><EnvelopeID>e1b6f5c2-3a4d-4e8f-9b7a-6c5d4e3f2a1b</EnvelopeID><Subject>Please sign &amp; return</Subject><Status>Completed</Status></EnvelopeStatus></DocuSignEnvelopeInformation>',
    },
  ],
  sign(request, secret) {
    request.headers['x-docusign-signature-1'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => [1, 2, 3, 4, 5].some((n) => same(request.headers[`x-docusign-signature-${n}`], hmac('sha256', secret, request.body, 'base64'))),
  extra: [
    { case: 'valid-second-key', expect: 'accept', type: 'envelope-sent', id: 'envelope-sent:e1:2026-01-01T00:00:00Z', body: second, headers: headers(wrong, hmac('sha256', mine, second, 'base64')) },
    { case: 'two-other-keys', expect: 'reject', body: second, headers: headers(wrong, wrong) },
  ],
});
