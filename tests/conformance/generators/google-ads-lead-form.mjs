// packages:
import { suite, same, read, put } from '../lib/cases.mjs';

const token = { json: '/google_key' };

await suite({
  provider: 'google-ads-lead-form',
  by: 'none: documented scheme, a key in the body',
  config: { secrets: ['lead-sample-key-42'] },
  bodies: [
    {
      name: 'valid',
      type: 'lead',
      id: 'TeSter-123-ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghijklmnopqrstuvwxyz-0123456789-AaBbCcDd',
      body: '{"lead_id":"TeSter-123-ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghijklmnopqrstuvwxyz-0123456789-AaBbCcDd","user_column_data":[{"column_name":"Full Name","string_value":"FirstName LastName","column_id":"FULL_NAME"},{"column_name":"User Email","string_value":"test@example.com","column_id":"EMAIL"}],"api_version":"1.0","form_id":40000000000,"campaign_id":20000000000,"google_key":"lead-sample-key-42","is_test":true,"gcl_id":"","adgroup_id":20000000000,"creative_id":30000000000}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => put(request, token, secret),
  accepts: (request, secret) => same(read(request, token), secret),
  signature: token,
  // A token covers nothing of what is sent.
  covers: [],
});
