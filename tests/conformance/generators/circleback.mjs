// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'circleback',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['whsec_2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4'] },
  bodies: [
    {
      name: 'valid',
      type: 'meeting.completed',
      body: `{"id":123456,"name":"Weekly sync","createdAt":"2026-01-01T00:00:00.000Z","duration":1804.5,"url":"https://meet.example.com/abc","recordingUrl":null,"tags":["Team"],"icalUid":"7k2q9v@example.com","attendees":[{"name":"Ada Example","email":"ada@example.com"}],"notes":"#### Overview\\n* We spoke of the release.","actionItems":[{"id":789,"title":"Write the notes","description":"","assignee":{"name":"Ada Example","email":"ada@example.com"},"status":"PENDING"}],"transcript":[{"speaker":"Ada Example","text":"Hello.","timestamp":1.2}],"insights":{}}`,
    },
    {
      name: 'valid-second',
      type: 'meeting.completed',
      body: '{"id":123457,"name":"One to one","createdAt":"2026-01-01T01:00:00.000Z","duration":900,"url":null,"recordingUrl":null,"tags":[],"icalUid":null,"attendees":[],"notes":"","actionItems":[],"transcript":[],"insights":{}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-signature'], hmac('sha256', secret, request.body)),
});
