// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (type, eventId) => JSON.stringify({
  eventId, eventTimestamp: '2026-01-01T00:00:00.407', eventDetails: { classification: 'payment', transactionReference: 'Mémory265-13/08/1876', type, date: '2026-01-01', amount: { value: 100, currencyCode: 'EUR' } },
});
const secret = 'Vb3nK8sQ1xW6zR4tY7uP2mL9cD5fG0hJ';
const body = event('sentForSettlement', 'bb55ca5a-e05c-47e1-8e94-e88bac1a0a17');
const head = (...values) => ({ 'content-type': 'application/json', 'event-signature': values.join(',') });
const mine = `2/SHA256/${hmac('sha256', secret, body)}`;
const others = `1/SHA256/${hmac('sha256', `${secret}x`, body)}`;

await suite({
  provider: 'worldpay-access',
  by: 'none: documented scheme, HMAC-SHA256 of the body after key id and hash (encoding not documented: hex)',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'sentForSettlement', id: 'bb55ca5a-e05c-47e1-8e94-e88bac1a0a17', body },
    { name: 'valid-refused', type: 'refused', id: 'bb55ca5a-e05c-47e1-8e94-e88bac1a0a18', body: event('refused', 'bb55ca5a-e05c-47e1-8e94-e88bac1a0a18') },
  ],
  sign(request, key) {
    request.headers['event-signature'] = `1/SHA256/${hmac('sha256', key, request.body)}`;
  },
  accepts: (request, key) =>
    (request.headers['event-signature'] ?? '').split(',').some((one) => same(one.split('/')[2] ?? '', hmac('sha256', key, request.body))),
  extra: [
    { case: 'two-keys', expect: 'accept', type: 'sentForSettlement', id: 'bb55ca5a-e05c-47e1-8e94-e88bac1a0a17', headers: head(others, mine), body },
    { case: 'two-keys-reversed', expect: 'accept', type: 'sentForSettlement', headers: head(mine, others), body },
    { case: 'two-keys-neither-fits', expect: 'reject', headers: head(others, others.replace('1/', '2/')), body },
    { case: 'signature-alone', expect: 'reject', headers: head(hmac('sha256', secret, body)), body },
  ],
});
