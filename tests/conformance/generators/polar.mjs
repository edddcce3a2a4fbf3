// packages: @polar-sh/sdk@0.49.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { validateEvent } from '@polar-sh/sdk/webhooks';

const customer = {
  id: '992fae2a-2a17-4b7a-8d9e-e287cf90131b', created_at: '2026-01-01T00:00:00.000000Z', modified_at: null, metadata: {}, external_id: 'usr_1337', email: 'customer@example.com', email_verified: true,
  type: 'individual', name: 'John Doe', billing_name: null, billing_address: null, tax_id: null, locale: null, organization_id: '1dbfc517-0bbf-4301-9ba8-555ca42b9737', deleted_at: null, avatar_url: 'https://www.gravatar.com/avatar/x?d=404',
};
const event = (name, type, id) => ({ name, type, id, headers: { 'user-agent': 'polar.sh webhooks', 'webhook-id': id }, body: JSON.stringify({ type, timestamp: '2026-01-01T00:00:00.000000Z', data: customer }) });

await suite({
  provider: 'polar',
  by: '@polar-sh/sdk@0.49.0 validateEvent',
  config: { secrets: ['polar_whs_Zf3kQ8wLrT5vNcXy2mHbJd7GpS'] },
  bodies: [event('valid', 'customer.created', '2d4c3b1a-0f9e-4d8c-b7a6-95847362514f'), event('valid-updated', 'customer.updated', '3e5d4c2b-1a0f-4e9d-8c7b-a69584736250')],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', secret, `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts: (request, secret) => Boolean(validateEvent(request.text, request.headers, secret)),
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', '2d4c3b1a-0f9e-4d8c-b7a6-958473625150'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
