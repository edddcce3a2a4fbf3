// packages:
import { put, read, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'copper',
  by: 'none: documented scheme, the secret in the body',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'company.update',
      body: '{"subscription_id":1234567,"event":"update","type":"company","ids":[52702917],"secret":"","updated_attributes":{"name":["Acme","Acme Ltd"],"date_modified":[1767225000,1767225600],"address":[null,{"street":"Chausseestr. 1","city":"Berlin","postal_code":"10115","country":"DE"}]},"timestamp":"2026-01-01T00:00:00.417Z"}',
    },
    {
      name: 'valid-person-new',
      type: 'person.new',
      body: '{"subscription_id":1234567,"event":"new","type":"person","ids":[52702918],"secret":"","updated_attributes":{},"timestamp":"2026-01-01T00:00:00.417Z"}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/secret' }, secret);
  },
  accepts: (request, secret) => same(read(request, { json: '/secret' }), secret),
  signature: { json: '/secret' },
  covers: [], // Nothing is signed.
});
