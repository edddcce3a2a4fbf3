// packages:
import { hmac, put, read, same, suite } from '../lib/cases.mjs';

const place = { json: '/HashCode' };
// The bytes between the names of the two members.
const content = (request) => request.text.match(/^\s*\{\s*"Content":\s*(\{[^]*\})\s*,\s*"HashCode"/)[1];
const expected = (request, secret) => hmac('sha256', secret, content(request)).toUpperCase();

await suite({
  provider: 'exact-online',
  by: 'none: documented scheme, HMAC-SHA256 of Content as written',
  config: { secrets: ['x3Yk8mQz7Wc1Vb9N'] },
  bodies: [
    {
      name: 'valid',
      type: 'Accounts.Update',
      body: `{"Content":{"Topic":"Accounts","ClientId":"8d6c2b1a-3f4e-4d5c-9b8a-7f6e5d4c3b2a","Division":123456,"Action":"Update","Key":"6c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f","ExactOnlineEndpoint":"https://start.exactonline.nl/api/v1/123456/crm/Accounts(guid'6c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f')","EventCreatedOn":"2026-01-01T00:00:00.417"},"HashCode":""}`,
    },
    {
      name: 'valid-financial-transactions-create',
      type: 'FinancialTransactions.Create',
      body: `{"Content":{"Topic":"FinancialTransactions","ClientId":"8d6c2b1a-3f4e-4d5c-9b8a-7f6e5d4c3b2a","Division":123456,"Action":"Create","Key":"6c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e50","ExactOnlineEndpoint":"https://start.exactonline.nl/api/v1/123456/crm/FinancialTransactions(guid'6c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e50')","EventCreatedOn":"2026-01-01T00:00:00.417"},"HashCode":""}`,
    },
  ],
  sign(request, secret) {
    put(request, place, expected(request, secret));
  },
  accepts: (request, secret) => same(read(request, place), expected(request, secret)),
  signature: place,
  covers: [], // Of the body only Content is signed, so it is changed by hand.
  oddBodies: false,
  forge: {
    'tampered-topic': (request) => put(request, { json: '/Content/Topic' }, 'Items'),
    'tampered-key': (request) => put(request, { json: '/Content/Key' }, '6c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e51'),
    'respaced-content': (request) => void (request.body = Buffer.from(request.text.replace('"Division":', '"Division": '))),
    'content-twice': (request) => void (request.body = Buffer.from(request.text.replace(/^\{/, '{"Content":{"Topic":"Items","Action":"Create"},'))),
  },
  extra: [
    { case: 'valid-pretty-printed', expect: 'accept', sign: true, type: 'Accounts.Update', body: '{\n  "Content": {\n    "Topic": "Accounts",\n    "Action": "Update",\n    "Key": "k\u00e9y"\n  },\n  "HashCode": ""\n}\n' },
    { case: 'handshake-empty', expect: 'handshake', body: '', headers: {}, expect_status: 200, expect_reply: '' },
    { case: 'empty-object-is-no-handshake', expect: 'reject', body: '{}' },
  ],
});
