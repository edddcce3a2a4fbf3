// packages: @slack/bolt@5.1.0
import { createHash } from 'node:crypto';
import { suite, hmac } from '../lib/cases.mjs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Not among what the package exports.
const require = createRequire(import.meta.url);
const { verifySlackRequest } = require(join(dirname(require.resolve('@slack/bolt')), 'receivers/verify-request.js'));

const closed = 'payload=%7B%22type%22%3A%22view_closed%22%2C%22view%22%3A%7B%22id%22%3A%22VNHU13V36%22%7D%7D';

await suite({
  provider: 'slack-interactivity',
  longBody: 1500,
  by: '@slack/bolt@5.1.0 verifySlackRequest',
  config: { secrets: ['8f742231b10e8888abcd99yyyzzz85a5'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: '/weather', id: '13345224609.738474920.8088930838d88f008e0', body: 'token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T061EG9R6&team_domain=example&channel_id=C0LAN2Q65&channel_name=general&user_id=U061F1EUR&user_name=steve&command=%2Fweather&text=94070&api_app_id=A0FFV41KK&is_enterprise_install=false&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1234%2F5678&trigger_id=13345224609.738474920.8088930838d88f008e0' },
    { name: 'valid-block-actions', type: 'block_actions', id: '12466734323.1395872398', body: 'payload=%7B%22type%22%3A%22block_actions%22%2C%22team%22%3A%7B%22id%22%3A%22T061EG9R6%22%7D%2C%22user%22%3A%7B%22id%22%3A%22U061F1EUR%22%7D%2C%22trigger_id%22%3A%2212466734323.1395872398%22%2C%22channel%22%3A%7B%22id%22%3A%22C0LAN2Q65%22%7D%2C%22actions%22%3A%5B%7B%22action_id%22%3A%22approve%22%2C%22type%22%3A%22button%22%2C%22value%22%3A%22yes%22%7D%5D%7D' },
    { name: 'valid-view-submission', type: 'view_submission', id: '12466734323.1395872399', body: 'payload=%7B%22type%22%3A%22view_submission%22%2C%22team%22%3A%7B%22id%22%3A%22T061EG9R6%22%7D%2C%22user%22%3A%7B%22id%22%3A%22U061F1EUR%22%7D%2C%22trigger_id%22%3A%2212466734323.1395872399%22%2C%22view%22%3A%7B%22id%22%3A%22VNHU13V36%22%2C%22type%22%3A%22modal%22%2C%22callback_id%22%3A%22modal-identifier%22%2C%22state%22%3A%7B%22values%22%3A%7B%7D%7D%7D%7D' },
    // Has no trigger_id.
    { name: 'valid-view-closed', type: 'view_closed', id: createHash('sha256').update(closed).digest('hex'), body: closed },
  ],
  sign(request, secret, now) {
    request.headers['x-slack-request-timestamp'] = String(now);
    request.headers['x-slack-signature'] = `v0=${hmac('sha256', secret, `v0:${now}:${request.text}`)}`;
  },
  accepts(request, signingSecret) {
    verifySlackRequest({ signingSecret, headers: request.headers, body: request.text });
    return true;
  },
  oddBodies: 'form',
  timestamped: { tolerance_s: 300 },
  lenient: ['future-timestamp'],
});
