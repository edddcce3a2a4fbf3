// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'gusto',
  by: 'none: documented scheme, HMAC of the body',
  config: { secrets: ['jPdcKBvGmnHqxTyUw4Zs'] },
  bodies: [
    {
      name: 'valid',
      type: 'company.provisioned',
      id: 'f7397a24-57ad-4fae-b011-d258e8232900',
      body: '{"uuid":"f7397a24-57ad-4fae-b011-d258e8232900","event_type":"company.provisioned","resource_type":"Company","resource_uuid":"5df911a0-e8e9-412d-8aaf-a46ad193dd96","entity_type":"Company","entity_uuid":"5df911a0-e8e9-412d-8aaf-a46ad193dd96","timestamp":1767225600}',
    },
    {
      name: 'valid-payroll-paid',
      type: 'payroll.paid',
      id: 'f7397a24-57ad-4fae-b011-d258e8232901',
      body: '{"uuid":"f7397a24-57ad-4fae-b011-d258e8232901","event_type":"payroll.paid","resource_type":"Company","resource_uuid":"5df911a0-e8e9-412d-8aaf-a46ad193dd96","entity_type":"Payroll","entity_uuid":"6b1c2d3e-4f5a-4b6c-8d7e-9f0a1b2c3d4e","timestamp":1767225605}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-gusto-signature'] = hmac('sha256', secret, request.body)),
  accepts: (request, secret) => same(request.headers['x-gusto-signature'], hmac('sha256', secret, request.body)),
  extra: [
    {
      case: 'verification-token', expect: 'handshake', expect_status: 200, expect_reply: '',
      body: '{"verification_token":"jPdcKBvGmnHqxTyUw4Zs","webhook_subscription_uuid":"c5fdae57-5483-4529-9aae-f0edceed92d4"}',
    },
    { case: 'verification-token-alone', expect: 'handshake', expect_status: 200, expect_reply: '', body: '{"verification_token":"6590f590-3dba-495e-9bea-c361e1e2efc0"}' },
    { case: 'token-beside-an-event', expect: 'reject', body: '{"verification_token":"6590f590-3dba-495e-9bea-c361e1e2efc0","event_type":"payroll.paid","uuid":"1"}' },
  ],
});
