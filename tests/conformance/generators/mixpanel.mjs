// packages:
import { suite, same } from '../lib/cases.mjs';

const basic = (secret) => `Basic ${Buffer.from(secret).toString('base64')}`;
const session = '08c40e7e-c81c-4422-b2e8-f4ecdfebb5c2';
const page = (name, action, number) => ({
  name, type: action, id: `${session}:${action}:${number}`,
  body: JSON.stringify({ action, parameters: { mixpanel_project_id: '1', mixpanel_cohort_id: '87654', mixpanel_session_id: session, page_info: { total_pages: 2, page_count: number }, members: [{ mixpanel_distinct_id: '4e4a6a8b', first_name: 'Zoë' }] } }),
});

await suite({
  provider: 'mixpanel',
  by: 'none: documented scheme, Basic authentication',
  config: { secrets: ['mixpanel:7hTq2vXf4b9kLzRt'] },
  bodies: [page('valid', 'add_members', 1), page('valid-second-page', 'remove_members', 2)],
  sign(request, secret) {
    request.headers.authorization = basic(secret);
  },
  accepts: (request, secret) => same(request.headers.authorization, basic(secret)),
  covers: [], // The body is not looked at.
  longBody: 1000,
  forge: {
    'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('Basic', 'Bearer')),
  },
});
