// packages: increase@0.583.0 standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import Increase from 'increase';
import { Webhook } from 'standardwebhooks';

const increase = new Increase({ apiKey: 'none' });
const keyed = (secret) => new Webhook(Buffer.from(secret).toString('base64'));

await suite({
  provider: 'increase',
  by: 'increase@0.583.0 events.unwrap',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'account.created',
      id: 'event_001dzz0r20rzr4zrhrr1364hy80',
      headers: { 'webhook-id': 'event_001dzz0r20rzr4zrhrr1364hy80' },
      body: '{"associated_object_id":"account_in71c4amph0vgo2qllky","associated_object_type":"account","category":"account.created","created_at":"2026-01-01T00:00:00Z","id":"event_001dzz0r20rzr4zrhrr1364hy80","type":"event"}',
    },
    {
      name: 'valid-ach-transfer-updated',
      type: 'ach_transfer.updated',
      id: 'event_001dzz0r20rzr4zrhrr1364hy81',
      headers: { 'webhook-id': 'event_001dzz0r20rzr4zrhrr1364hy81' },
      body: '{"associated_object_id":"ach_transfer_uoxatyh3lt5evrsdvo7q","associated_object_type":"ach_transfer","category":"ach_transfer.updated","created_at":"2026-01-01T00:00:05Z","id":"event_001dzz0r20rzr4zrhrr1364hy81","type":"event"}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = keyed(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts({ text, headers }, key) {
    increase.events.unwrap(text, { headers, key });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
