// packages:
import { suite, same } from '../lib/cases.mjs';

const one = (uuid, eventType) => ({ uuid, published: '2026-01-01T00:00:00.000Z', eventType, actor: { id: '00ub0oNGTSWTBKOLGLNR', type: 'User' }, target: [{ id: '00u1qw1mqitPHM8AJ0g7', type: 'User' }] });
const delivery = (...events) => JSON.stringify({
  eventType: 'com.okta.event_hook', eventTypeVersion: '1.0', cloudEventsVersion: '0.1', source: 'https://example.okta.com/api/v1/eventHooks/whorb4tyyvXs5hdBL0g4',
  eventId: 'b5a188b9-5ece-4636-b041-482ffda96311', data: { events }, eventTime: '2026-01-01T00:00:01.000Z',
});
const challenge = (text) => ({ method: 'GET', headers: { 'x-okta-verification-challenge': text } });

await suite({
  provider: 'okta',
  by: 'none: documented scheme, the value chosen for the authorization header',
  config: { secrets: ['okta-Hook-key-1q9Zx7'] },
  bodies: [
    { name: 'valid', type: 'user.lifecycle.create', id: 'b5a188b9-5ece-4636-b041-482ffda96311', body: delivery(one('d6a2e6ff-4b0f-4d5b-9c9a-0f7f3b1a2c4d', 'user.lifecycle.create')) },
    { name: 'valid-two-events', type: 'group.user_membership.add', id: 'd6a2e6ff-4b0f-4d5b-9c9a-0f7f3b1a2c4e', body: delivery(one('d6a2e6ff-4b0f-4d5b-9c9a-0f7f3b1a2c4e', 'group.user_membership.add'), one('d6a2e6ff-4b0f-4d5b-9c9a-0f7f3b1a2c4f', 'user.lifecycle.create')) },
  ],
  sign(request, secret) {
    request.headers.authorization = secret;
  },
  accepts: (request, secret) => same(request.headers.authorization ?? '', secret),
  signature: 'authorization',
  covers: [], // Nothing but the token is looked at.
  oddBodies: false,
  extra: [
    { case: 'challenge', expect: 'handshake', ...challenge('HfVb2TCQyQ2v5oCr9Ik4'), expect_status: 200, expect_reply: '{"verification":"HfVb2TCQyQ2v5oCr9Ik4"}' },
    { case: 'challenge-of-markup', expect: 'reject', ...challenge('<script>') },
  ],
});
