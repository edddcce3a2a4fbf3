// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const headers = (resource, id) => ({ 'sentry-hook-resource': resource, 'sentry-hook-timestamp': '1767225600', 'request-id': id });

await suite({
  provider: 'sentry',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['5c7b1e9d3f2a4c6e8b0d1f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e1b3d5f7a9c1e'] },
  bodies: [
    { name: 'valid', type: 'issue.created', id: '4c2f7d0b1a9e4b6f8d3c5e7a9b0c1d2e', headers: headers('issue', '4c2f7d0b1a9e4b6f8d3c5e7a9b0c1d2e'), body: '{"action":"created","installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},"data":{"issue":{"id":"1170820242","shortId":"IPE-1","title":"ReferenceError: heck is not defined","culprit":"?(runner)","level":"error","status":"unresolved","platform":"javascript","project":{"id":"1","name":"ipe","slug":"ipe"},"type":"error","count":"1","firstSeen":"2026-01-01T00:00:00.000000Z"}},"actor":{"type":"application","id":"sentry","name":"Sentry"}}' },
    { name: 'valid-alert', type: 'event_alert.triggered', id: '4c2f7d0b1a9e4b6f8d3c5e7a9b0c1d2f', headers: headers('event_alert', '4c2f7d0b1a9e4b6f8d3c5e7a9b0c1d2f'), body: '{"action":"triggered","installation":{"uuid":"a8e5d37a-696c-4c54-adb5-b3f28d64c7de"},"data":{"event":{"event_id":"e4874d664c3540c1a32eab185f12c5ab","issue_id":"1170820242","title":"ReferenceError"},"triggered_rule":"Very Important Alert Rule!"},"actor":{"type":"application","id":"sentry","name":"Sentry"}}' },
  ],
  sign(request, secret) {
    request.headers['sentry-hook-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['sentry-hook-signature'] ?? '', hmac('sha256', secret, request.body)),
});
