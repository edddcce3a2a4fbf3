// packages:
import { put, read, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'eventbrite',
  by: 'none: nothing is signed; a token in the URL',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.placed',
      id: '4522332',
      headers: { 'user-agent': 'Eventbrite Hookshot v2', 'x-eventbrite-event': 'order.placed', 'x-eventbrite-delivery': '4522332' },
      body: '{"config":{"action":"order.placed","user_id":"163054428874","endpoint_url":"https://hooks.example.com/in/eventbrite","webhook_id":"147601"},"api_url":"https://www.eventbriteapi.com/v3/orders/1234567890/"}',
    },
    {
      name: 'valid-event-updated',
      type: 'event.updated',
      id: '4522333',
      headers: { 'user-agent': 'Eventbrite Hookshot v2', 'x-eventbrite-event': 'event.updated', 'x-eventbrite-delivery': '4522333' },
      body: '{"config":{"action":"event.updated","user_id":"163054428874","endpoint_url":"https://hooks.example.com/in/eventbrite","webhook_id":"147601"},"api_url":"https://www.eventbriteapi.com/v3/events/1380745614/"}',
    },
  ],
  sign(request, secret) {
    put(request, { query: 'token' }, secret);
  },
  accepts: (request, secret) => new URL(request.url).searchParams.getAll('token').length === 1 && same(read(request, { query: 'token' }), secret),
  signature: { query: 'token' },
  covers: [], // Nothing is signed.
  forge: {
    'token-twice': (request) => void (request.url += '&token=x'),
  },
});
