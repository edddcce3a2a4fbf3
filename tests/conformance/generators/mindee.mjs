// packages: mindee@5.2.0
import { suite, hmac } from '../lib/cases.mjs';
import { v2 } from 'mindee';

await suite({
  provider: 'mindee',
  by: 'mindee@5.2.0 LocalResponse.isValidHmacSignature',
  config: { secrets: ['ogNjY44MhvKPGTtVsI8zG82JqWQa68woYQH'] },
  bodies: [
    {
      name: 'valid',
      type: 'inference',
      id: '12345678-1234-1234-1234-123456789abc',
      body: '{"inference":{"id":"12345678-1234-1234-1234-123456789abc","job":{"id":"12345678-1234-1234-1234-jobid1234567"},"model":{"id":"12345678-1234-1234-1234-123456789abd"},"file":{"name":"invoice.pdf","alias":null,"page_count":1,"mime_type":"application/pdf"},"active_options":{"rag":false},"result":{"fields":{"total_amount":{"value":587.95}}}}}',
    },
    {
      name: 'valid-document',
      type: 'document',
      body: '{"api_request":{"status":"success","status_code":201,"resources":["document","job"]},"document":{"id":"ecdbe7bd-1037-47a5-87a8-b90d49475a1f","name":"receipt.jpg","n_pages":1,"inference":{"prediction":{"total_amount":{"value":10.2}}}}}',
    },
  ],
  async sign(request, secret) {
    request.headers['x-mindee-hmac-signature'] = hmac('sha256', secret, request.body);
  },
  async accepts(request, secret) {
    const response = new v2.LocalResponse(request.body);
    await response.init();
    return response.isValidHmacSignature(secret, request.headers['x-mindee-hmac-signature']);
  },
});
