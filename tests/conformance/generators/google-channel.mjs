// packages:
import { suite, same } from '../lib/cases.mjs';

const sync = {
  'x-goog-channel-id': '4ba78bf0-6a47-11e2-bcfd-0800200c9a66', 'x-goog-message-number': '1', 'x-goog-resource-id': 'ret08u3rv24htgh289g',
  'x-goog-resource-state': 'sync', 'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/calendars/a@example.com/events',
};

await suite({
  provider: 'google-channel',
  by: 'none: documented scheme, the token of the channel',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  headers: {},
  bodies: [
    {
      name: 'valid',
      type: 'exists',
      id: '4ba78bf0-6a47-11e2-bcfd-0800200c9a66:10',
      headers: { 'x-goog-channel-id': '4ba78bf0-6a47-11e2-bcfd-0800200c9a66', 'x-goog-channel-expiration': 'Tue, 19 Jan 2027 01:13:52 GMT', 'x-goog-resource-id': 'ret08u3rv24htgh289g', 'x-goog-resource-uri': 'https://www.googleapis.com/calendar/v3/calendars/my_calendar@gmail.com/events', 'x-goog-resource-state': 'exists', 'x-goog-message-number': '10' },
      body: '',
    },
    {
      name: 'valid-change',
      type: 'change',
      id: '4ba78bf0-6a47-11e2-bcfd-0800200c9a67:23',
      headers: { 'x-goog-channel-id': '4ba78bf0-6a47-11e2-bcfd-0800200c9a67', 'x-goog-resource-id': 'o3hgv1538sdjfh', 'x-goog-resource-uri': 'https://www.googleapis.com/drive/v3/changes', 'x-goog-resource-state': 'change', 'x-goog-message-number': '23', 'x-goog-changed': 'content,properties' },
      body: '{"kind":"drive#change"}',
    },
  ],
  sign: (request, secret) => void (request.headers['x-goog-channel-token'] = secret),
  accepts: (request, secret) => same(request.headers['x-goog-channel-token'], secret),
  signature: 'x-goog-channel-token',
  // A token covers nothing of what is sent.
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'sync', expect: 'handshake', expect_status: 200, expect_reply: '', sign: true, headers: sync },
    { case: 'sync-no-token', expect: 'reject', headers: sync },
  ],
});
