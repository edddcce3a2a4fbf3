// packages: smartcar@10.4.0
import { suite, hmac } from '../lib/cases.mjs';
import smartcar from 'smartcar';

const secret = '9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a';
const verify = (challenge) => JSON.stringify({ eventId: 'c7bc4b5f-1c3a-4d8e-9f6a-2b4c6d8e0f1b', eventType: 'VERIFY', data: { challenge }, meta: { version: '4.0' } });
const challenge = '3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f';

await suite({
  provider: 'smartcar',
  by: 'smartcar@10.4.0 verifyPayload, hashChallenge',
  config: { secrets: ['9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a'] },
  bodies: [
    {
      name: 'valid',
      type: 'VEHICLE_STATE',
      id: 'c7bc4b5f-1c3a-4d8e-9f6a-2b4c6d8e0f1a',
      body: '{"eventId":"c7bc4b5f-1c3a-4d8e-9f6a-2b4c6d8e0f1a","eventType":"VEHICLE_STATE","data":{"user":{"id":"93b3ea96-ca37-43a9-9073-f4334719iok7"},"vehicle":{"id":"93b3ea96-ca37-43a9-9073-f4334719iok8","make":"TESLA","model":"Model 3","year":2020},"signals":[{"code":"odometer-traveleddistance","name":"TraveledDistance","group":"Odometer","body":{"value":123456,"unit":"miles"}}]},"triggers":[{"type":"SIGNAL_UPDATED","signal":{"name":"TraveledDistance","group":"Odometer"}}],"meta":{"deliveryId":"ebf3bf3b-0cd6-4ca9-a3d3-6a7b1f6d9c1b","deliveredAt":"2026-01-01T00:00:00.000Z","webhookId":"5a8e5e38-12a2-4f9f-8fb8-9f0e1f4d3e6b","mode":"LIVE","version":"4.0"}}',
    },
  ],
  sign(request, secret) {
    request.headers['sc-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    return smartcar.verifyPayload(secret, request.headers['sc-signature'], request.json);
  },
  // The package signs what it parsed and wrote again.
  oddBodies: false,
  lenient: ['tampered-body-trailing-newline'],
  extra: [
    { case: 'verify', expect: 'handshake', body: verify(challenge), expect_status: 200, expect_reply: JSON.stringify({ challenge: smartcar.hashChallenge(secret, challenge) }) },
    {
      case: 'verify-older',
      expect: 'handshake',
      body: JSON.stringify({ eventName: 'verify', version: '2.0', payload: { challenge } }),
      expect_status: 200,
      expect_reply: JSON.stringify({ challenge: smartcar.hashChallenge(secret, challenge) }),
    },
    // The answer would be the signature of a forged event.
    { case: 'verify-of-an-event', expect: 'reject', headers: { 'content-type': 'application/json', 'sc-signature': '' }, body: verify('{"eventType":"VEHICLE_STATE"}') },
  ],
});
