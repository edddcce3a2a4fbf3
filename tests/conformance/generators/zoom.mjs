// packages: @zoom/rivet@0.4.0
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';
import { AwsLambdaReceiver } from '@zoom/rivet/meetings';

// The package tells of every event on standard output.
console.debug = () => {};

const secret = 'test_secret_A1b2C3d4E5f6';
const now = 1767225600;
const event = (name, payload) => JSON.stringify({ event: name, event_ts: now * 1000, payload });
const digest = (body) => createHash('sha256').update(body).digest('hex');
const meeting = { account_id: 'AAAAAABBBB', object: { id: '1234567890', uuid: '4444AAAiAAAAAiAiAiiAii==', topic: 'My Meeting' } };
const joined = event('meeting.participant_joined', { ...meeting, participant: { user_name: 'Jill' } });
const headersOf = (body, secret, time) => ({ 'x-zm-request-timestamp': String(time), 'x-zm-signature': `v0=${hmac('sha256', secret, `v0:${time}:${body}`)}` });

const json = { 'content-type': 'application/json' };
const asked = (plainToken) => event('endpoint.url_validation', { plainToken });
const plainToken = 'qgg8vlvZRS6UYooatFL8Aw';
const validation = asked(plainToken);
const forged = 'v0:1767225600:{"event":"meeting.started"}';
const signed = headersOf(validation, secret, now);
const ask = (name, expect, headers, more) => ({ case: `handshake${name}`, expect, headers: { ...json, ...headers }, body: validation, ...more });
const oracle = (name, body) => ask(name, 'reject', headersOf(body, secret, now), { body });
const answer = { expect_status: 200, expect_reply: JSON.stringify({ encryptedToken: hmac('sha256', secret, plainToken), plainToken }) };

await suite({
  provider: 'zoom',
  by: '@zoom/rivet@0.4.0 AwsLambdaReceiver (bodies that JSON.stringify leaves as they are; others by the documented HMAC)',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'meeting.started', body: event('meeting.started', meeting) },
    { name: 'valid-id-is-digest', type: 'meeting.participant_joined', id: digest(joined), body: joined },
  ],
  longBody: 2000,
  sign: (request, secret, time) => void Object.assign(request.headers, headersOf(request.text, secret, time)),
  // The package writes the JSON anew before it signs it, so it is asked about bodies alone which that does not change.
  async accepts(request, secret) {
    const { headers, text } = request;
    if (JSON.stringify(request.json) !== text) return same(headers['x-zm-signature'], headersOf(text, secret, headers['x-zm-request-timestamp'])['x-zm-signature']);
    const answer = await new AwsLambdaReceiver({ webhooksSecretToken: secret }).start()({ headers, body: text }, {});
    return answer.statusCode === 200;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'wrong-version-prefix': (request) => void (request.headers['x-zm-signature'] = request.headers['x-zm-signature'].replace('v0=', 'v1=')),
    'body-alone-signed': (request) => void (request.headers['x-zm-signature'] = `v0=${hmac('sha256', secret, request.body)}`),
  },
  extra: [
    ask('', 'handshake', signed, answer),
    ask('-second-secret', 'handshake', signed, { ...answer, config: { secrets: ['other_secret_Z9y8X7w6V5u4', secret] } }),
    ask('-unsigned', 'reject', {}),
    ask('-wrong-signature', 'reject', { ...signed, 'x-zm-signature': `v0=${'0'.repeat(64)}` }),
    ask('-wrong-secret', 'reject', headersOf(validation, 'other_secret_Z9y8X7w6V5u4', now)),
    ask('-stale', 'reject', headersOf(validation, secret, now - 360)),
    ask('-tampered', 'reject', signed, { body: asked('rgg8vlvZRS6UYooatFL8Aw') }),
    // The answer must not be the signature of an event.
    oracle('-oracle-forged-event', asked(forged)),
    oracle('-oracle-plain-letters', asked('v0:1767225600:x')),
    ask('-oracle-unsigned', 'reject', {}, { body: asked(forged) }),
    oracle('-token-too-long', asked('a'.repeat(300))),
    oracle('-empty-token', asked('')),
    oracle('-no-token', event('endpoint.url_validation', {})),
  ],
  // The package looks at no time, and at no token.
  lenient: [
    'stale-timestamp', 'future-timestamp', 'handshake-stale', 'handshake-no-token',
    'handshake-oracle-forged-event', 'handshake-oracle-plain-letters', 'handshake-token-too-long', 'handshake-empty-token',
  ],
});
