// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (type, id) => JSON.stringify({
  id, body: { id: 'ltr_4868c3b754655f90', description: 'Größe', object: 'letter' }, reference_id: 'ltr_4868c3b754655f90',
  event_type: { id: type, enabled_for_test: true, resource: 'letters', object: 'event_type' }, date_created: '2026-01-01T00:00:00.000Z', object: 'event',
});
const secret = '0a1b2c3d-4e5f-4607-8192-a3b4c5d6e7f8';
const created = event('letter.created', 'evt_d95ff8ffd2b5cfb4');

await suite({
  provider: 'lob',
  by: 'none: documented scheme, HMAC-SHA256 of the time, a dot and the body in hex; the time is seen in milliseconds',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'letter.created', id: 'evt_d95ff8ffd2b5cfb4', body: created },
    { name: 'valid-delivered', type: 'letter.delivered', id: 'evt_d95ff8ffd2b5cfb5', body: event('letter.delivered', 'evt_d95ff8ffd2b5cfb5') },
  ],
  sign(request, key, now) {
    request.headers['lob-signature-timestamp'] = String(now * 1000);
    request.headers['lob-signature'] = hmac('sha256', key, `${now * 1000}.${request.text}`);
  },
  accepts({ headers, text }, key, now) {
    const time = headers['lob-signature-timestamp'];
    const seconds = Number(time) / (time.length > 10 ? 1000 : 1);
    return Math.abs(now - seconds) <= 300 && same(headers['lob-signature'], hmac('sha256', key, `${time}.${text}`));
  },
  timestamped: { tolerance_s: 300 },
  extra: [
    { case: 'valid-seconds', expect: 'accept', type: 'letter.created', id: 'evt_d95ff8ffd2b5cfb4', body: created, headers: { 'content-type': 'application/json', 'lob-signature-timestamp': '1767225600', 'lob-signature': hmac('sha256', secret, `1767225600.${created}`) } },
  ],
});
