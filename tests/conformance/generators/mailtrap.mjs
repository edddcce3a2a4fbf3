// packages: mailtrap@4.10.0
import { suite, hmac } from '../lib/cases.mjs';
import { verifyWebhookSignature } from 'mailtrap';

await suite({
  provider: 'mailtrap',
  by: 'mailtrap@4.10.0 verifyWebhookSignature',
  config: { secrets: ['8d723895225cf2f7a38f1b0e9d8c7b6a'] },
  bodies: [
    {
      name: 'valid',
      type: 'delivery',
      id: 'bede7236-2284-43d6-a953-1fdcafd0fdbc',
      body: '{"events":[{"event":"delivery","category":"Password reset","message_id":"1df37d17-0286-4d8b-8edf-bc4ec5be86e6","event_id":"bede7236-2284-43d6-a953-1fdcafd0fdbc","email":"receiver@example.com","sending_stream":"transactional","sending_domain_name":"example.com","custom_variables":{"variable_a":"value"},"timestamp":1767225600}]}',
    },
    {
      name: 'valid-batch-of-two',
      type: 'open',
      id: 'bede7236-2284-43d6-a953-1fdcafd0fdbd',
      body: '{"events":[{"event":"open","message_id":"1df37d17-0286-4d8b-8edf-bc4ec5be86e6","event_id":"bede7236-2284-43d6-a953-1fdcafd0fdbd","email":"receiver@example.com","ip":"192.0.2.42","user_agent":"Mozilla/5.0","timestamp":1767225601},{"event":"click","message_id":"1df37d17-0286-4d8b-8edf-bc4ec5be86e6","event_id":"bede7236-2284-43d6-a953-1fdcafd0fdbe","email":"receiver@example.com","url":"https://example.com/","timestamp":1767225602}]}',
    },
  ],
  sign(request, secret) {
    request.headers['mailtrap-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    return verifyWebhookSignature(request.body, request.headers['mailtrap-signature'], secret);
  },
});
