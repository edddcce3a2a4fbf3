// packages: @slack/bolt@5.1.0
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { suite, hmac } from '../lib/cases.mjs';

// Not among what the package exports.
const require = createRequire(import.meta.url);
const { verifySlackRequest } = require(join(dirname(require.resolve('@slack/bolt')), 'receivers/verify-request.js'));

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const now = 1767225600;
const headersOf = (body, secret, time) => ({
  'x-slack-request-timestamp': String(time),
  'x-slack-signature': `v0=${hmac('sha256', secret, `v0:${time}:${body}`)}`,
});
const event = (id, inner) => JSON.stringify({ token: 'XXYYZZ', team_id: 'T061EG9R6', api_app_id: 'A0FFV41KK', event: inner, type: 'event_callback', event_id: id, event_time: now });
const reaction = event('Ev9UQ52YNA', { type: 'reaction_added', user: 'U061F1EUR', reaction: 'slightly_smiling_face', item: { type: 'message', channel: 'C0LAN2Q65' } });
const payload = (value) => new URLSearchParams({ payload: JSON.stringify(value) }).toString();
const signed = (body) => ({ ...json, ...headersOf(body, secret, now) });

const challenge = '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P';
const verification = JSON.stringify({ token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl', challenge, type: 'url_verification' });
const ask = (name, expect, headers, body = verification) => ({ case: `handshake${name}`, expect, headers: { ...json, ...headers }, body });
const challenged = (name, challenge) => {
  const body = JSON.stringify({ challenge, type: 'url_verification' });
  return ask(name, 'reject', signed(body), body);
};
const answer = { expect_status: 200, expect_reply: challenge };

await suite({
  provider: 'slack',
  by: '@slack/bolt@5.1.0 verifySlackRequest',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'reaction_added', id: 'Ev9UQ52YNA', body: reaction },
    { name: 'valid-message', type: 'message', id: 'Ev08MFMKH6', body: event('Ev08MFMKH6', { type: 'message', channel: 'C0LAN2Q65', user: 'U061F1EUR', text: 'Hello', ts: '1767225600.000100' }) },
    { name: 'valid-app-rate-limited', type: 'app_rate_limited', body: '{"token":"XXYYZZ","type":"app_rate_limited","team_id":"T061EG9R6","minute_rate_limited":1767225600,"api_app_id":"A0FFV41KK"}' },
    {
      name: 'valid-slash-command-form', type: '/webhook-collect', id: '398738663015.47445629121', headers: form,
      body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&command=%2Fwebhook-collect&text=Zo%C3%AB+%F0%9F%8E%89&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J&trigger_id=398738663015.47445629121',
    },
    { name: 'valid-block-actions-form', type: 'block_actions', id: '12466734323.1395872398', headers: form, body: payload({ type: 'block_actions', team: { id: 'T061EG9R6' }, trigger_id: '12466734323.1395872398', channel: { id: 'C0LAN2Q65' }, actions: [{ action_id: 'approve', value: 'yes' }] }) },
    { name: 'valid-empty-body', body: '' },
  ],
  longBody: 2000,
  sign: (request, secret, time) => void Object.assign(request.headers, headersOf(request.text, secret, time)),
  accepts(request, signingSecret) {
    verifySlackRequest({ signingSecret, headers: request.headers, body: request.text });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'wrong-version-prefix': (request) => void (request.headers['x-slack-signature'] = request.headers['x-slack-signature'].replace('v0=', 'v1=')),
    'no-version-prefix': (request) => void (request.headers['x-slack-signature'] = request.headers['x-slack-signature'].slice(3)),
    'version-not-signed': (request) => void (request.headers['x-slack-signature'] = `v0=${hmac('sha256', secret, `${now}:${request.text}`)}`),
    'timestamp-not-a-number': (request) => void (request.headers['x-slack-request-timestamp'] = 'soon'),
  },
  // The package takes times from the future, and looks into no challenge.
  lenient: ['future-timestamp', 'handshake-challenge-is-markup', 'handshake-challenge-too-long', 'handshake-without-challenge'],
  extra: [
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    {
      case: 'docs-test-vector', expect: 'accept', type: '/webhook-collect', id: '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c', now: 1531420618,
      headers: { ...form, 'x-slack-request-timestamp': '1531420618', 'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503' },
      body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    },
    { ...ask('', 'handshake', signed(verification)), ...answer },
    { ...ask('-second-secret', 'handshake', signed(verification)), ...answer, config: { secrets: ['another signing secret', secret] } },
    ask('-unsigned', 'reject', {}),
    ask('-wrong-signature', 'reject', { ...signed(verification), 'x-slack-signature': `v0=${'0'.repeat(64)}` }),
    ask('-wrong-secret', 'reject', headersOf(verification, 'another signing secret', now)),
    ask('-stale', 'reject', headersOf(verification, secret, now - 360)),
    ask('-tampered-challenge', 'reject', signed(verification), verification.replace('3eZb', '4eZb')),
    ask('-of-a-signed-event', 'reject', signed(reaction)),
    challenged('-challenge-is-markup', '<script>alert(1)</script>'),
    challenged('-challenge-too-long', 'a'.repeat(300)),
    challenged('-without-challenge', undefined),
  ],
});
