// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'zoho-sign',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'RequestCompleted',
      body: '{"requests":{"request_name":"NDA","request_id":"2000002608137","request_status":"completed","owner_email":"jon@example.com","document_ids":[{"document_name":"nda.pdf","document_id":"2000002608138"}]},"notifications":{"performed_by_email":"jane@example.com","performed_at":1767225600000,"activity":"Document has been completed","operation_type":"RequestCompleted","action_id":"2000002608140"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-zs-webhook-signature'] = hmac('sha256', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-zs-webhook-signature'], hmac('sha256', secret, request.text, 'base64'));
  },
});
