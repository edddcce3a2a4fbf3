// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;
const content = (request, time) => Buffer.from(`${time}.${request.url}.${crypto.createHash('sha256').update(request.body).digest('hex')}`);

await suite({
  provider: 'manus',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'task_stopped',
      body: '{"event_id":"task_stopped_task_abc123","event_type":"task_stopped","task_detail":{"task_id":"task_abc123","task_title":"Sales report","task_url":"https://manus.im/app/task_abc123","message":"The report is ready","stop_reason":"finish","attachments":[]}}',
    },
  ],
  sign(request, key, now) {
    request.headers['x-webhook-timestamp'] = String(now);
    request.headers['x-webhook-signature'] = crypto.sign('rsa-sha256', content(request, now), key).toString('base64');
  },
  accepts(request, key, now, config) {
    const { 'x-webhook-timestamp': time, 'x-webhook-signature': signature } = request.headers;
    return Math.abs(now - Number(time)) <= 300 && crypto.verify('rsa-sha256', content(request, time), known(config), Buffer.from(signature, 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem },
  signature: 'x-webhook-signature',
  covers: ['body', 'url'],
  timestamped: { tolerance_s: 300 },
  longBody: 600,
  skip: ['valid-html', 'valid-crlf', 'valid-escaped-unicode'],
});
