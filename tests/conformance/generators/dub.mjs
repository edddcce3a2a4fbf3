// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'dub',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['whsec_2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4'] },
  bodies: [
    {
      name: 'valid',
      type: 'link.clicked',
      id: 'evt_KleiO8cYcSv1nSCSYYVyMwWcX',
      body: '{"id":"evt_KleiO8cYcSv1nSCSYYVyMwWcX","event":"link.clicked","createdAt":"2026-01-01T00:00:00.417Z","data":{"click":{"id":"d0UtZqE0BZuBPrJS","timestamp":"2026-01-01T00:00:00.052Z","url":"https://example.com","country":"DE","city":"Berlin","device":"Desktop","browser":"Chrome","os":"Mac OS","referer":"(direct)"},"link":{"id":"link_1KAHYTKPVVVTDXXXXXX","domain":"dub.sh","key":"hello","url":"https://example.com","shortLink":"https://dub.sh/hello","archived":false,"clicks":12,"leads":1,"sales":0}}}',
    },
    {
      name: 'valid-lead-created',
      type: 'lead.created',
      id: 'evt_KleiO8cYcSv1nSCSYYVyMwWcY',
      body: '{"id":"evt_KleiO8cYcSv1nSCSYYVyMwWcY","event":"lead.created","createdAt":"2026-01-01T00:00:00.417Z","data":{"eventName":"Sign up","customer":{"id":"cus_1KAHYTKPVVVTDXXXXXX","externalId":"user-42","name":"Ada","email":"ada@example.com"},"link":{"id":"link_1KAHYTKPVVVTDXXXXXX","domain":"dub.sh","key":"hello","url":"https://example.com","shortLink":"https://dub.sh/hello","archived":false,"clicks":12,"leads":1,"sales":0}}}',
    },
  ],
  sign(request, secret) {
    request.headers['dub-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['dub-signature'], hmac('sha256', secret, request.body)),
});
