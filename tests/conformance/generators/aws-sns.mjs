// packages: sns-validator@0.3.5 selfsigned@2.4.1
import { EventEmitter } from 'node:events';
import crypto from 'node:crypto';
import https from 'node:https';
import { suite, put } from '../lib/cases.mjs';
import MessageValidator from 'sns-validator';
import selfsigned from 'selfsigned';

const certificate = () => selfsigned.generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], { keySize: 2048, algorithm: 'sha256', days: 36500 });
const mine = certificate();
const another = certificate();
const certUrl = 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem';
const topic = 'arn:aws:sns:us-west-2:123456789012:MyTopic';
const id = '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324';

// The package fetches the certificate by this.
https.get = (url, answer) => {
  const reply = Object.assign(new EventEmitter(), { statusCode: url === certUrl ? 200 : 404 });
  process.nextTick(() => (answer(reply), reply.emit('data', mine.cert), reply.emit('end')));
  return new EventEmitter();
};

const text = (kind, version, more) => (now) => JSON.stringify({
  Type: kind, MessageId: id, TopicArn: topic, Message: 'Hello world!', Timestamp: new Date(now * 1000).toISOString(), SignatureVersion: version,
  SigningCertURL: certUrl, Signature: '', ...more,
});
const notification = (version, more) => text('Notification', version, { Subject: 'My First Message', UnsubscribeURL: 'https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe', ...more });
const control = (kind, version) => text(kind, version, { Token: '2336412f37', SubscribeURL: 'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37' });

const ofNotification = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'];
const ofControl = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
function content(message) {
  const names = message.Type === 'Notification' ? ofNotification : ofControl;
  return names.filter((name) => name in message).map((name) => `${name}\n${message[name]}\n`).join('');
}
const algorithm = (message) => (message.SignatureVersion === '1' ? 'sha1' : 'sha256');
function sign(request, key) {
  const message = request.json;
  put(request, { json: '/Signature' }, crypto.sign(algorithm(message), Buffer.from(content(message)), key).toString('base64'));
}
const validate = (message) => new Promise((resolve) => new MessageValidator().validate(message, (error) => resolve(!error)));

const headers = {
  'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': 'Notification', 'x-amz-sns-message-id': id, 'x-amz-sns-topic-arn': topic,
};
const of = (body, type = 'Notification') => ({ type, id, headers: { 'x-amz-sns-message-type': type }, body });
const replace = (old, other) => (request) => void (request.body = Buffer.from(request.text.replace(old, other)));
const refused = (name, body) => ({ case: name, expect: 'reject', sign: true, body });
const unsubscribed = (name, version) => ({
  ...of(control('UnsubscribeConfirmation', version), 'UnsubscribeConfirmation'), case: name, expect: 'accept', sign: true, verified_by: "none: as in Amazon's documents",
});

await suite({
  provider: 'aws-sns',
  by: 'sns-validator@0.3.5 MessageValidator.validate',
  config: { signing_cert_pem: mine.cert, signing_cert_url: certUrl, topic_arns: [topic] },
  keys: [mine.private, another.private],
  headers,
  bodies: [
    { name: 'valid', ...of(notification('2')) },
    { name: 'valid-v1-sha1', ...of(notification('1')) },
    { name: 'valid-no-subject', ...of(notification('1', { Subject: undefined })) },
    { name: 'valid-v2-no-subject', ...of(notification('2', { Subject: undefined })) },
    { name: 'valid-letters', ...of(notification('2', { Subject: 'ü', Message: 'Zoë Müller – 東京 🎉 “q” <b>&\u2028\nline2' })) },
    { name: 'valid-raw-json-message', ...of(notification('1', { Message: '{"a":1,"b\\"":"\\\\"}' })) },
    { name: 'valid-subscription-confirmation', ...of(control('SubscriptionConfirmation', '1'), 'SubscriptionConfirmation') },
    { name: 'valid-v2-subscription-confirmation', ...of(control('SubscriptionConfirmation', '2'), 'SubscriptionConfirmation') },
  ],
  longBody: 1000,
  sign,
  accepts(request) {
    const message = request.json;
    if (message.Type !== 'UnsubscribeConfirmation') return validate(message);
    // The package leaves out its token, against Amazon's documents.
    return crypto.verify(algorithm(message), Buffer.from(content(message)), mine.cert, Buffer.from(message.Signature, 'base64'));
  },
  signature: { json: '/Signature' },
  tamper: (text) => text.replace('Hello world', 'Hello World'),
  timestamped: { tolerance_s: 300, past_s: 86400 },
  forge: {
    'subject-changed': replace('My First Message', 'My Last Message'),
    'subject-removed': replace('"Subject":"My First Message",', ''),
    'subject-added': (request) => {
      request.body = Buffer.from(notification('2', { Subject: undefined })(1767225600));
      sign(request, mine.private);
      replace('"Message"', '"Subject":"zzz","Message"')(request);
    },
    'message-id-changed': replace(id, id.replace('22b', '32b')),
    'topic-changed': replace(`"TopicArn":"${topic}"`, `"TopicArn":"${topic}2"`),
    'type-changed': replace('"Type":"Notification"', '"Type":"UnsubscribeConfirmation"'),
    'signature-version-3': replace('"SignatureVersion":"2"', '"SignatureVersion":"3"'),
    'signature-version-swapped': replace('"SignatureVersion":"2"', '"SignatureVersion":"1"'),
    'cert-url-attacker-host': replace(certUrl, 'https://sns.us-west-2.amazonaws.com.evil.example/x.pem'),
    'cert-url-http': replace(certUrl, certUrl.replace('https', 'http')),
    'cert-url-userinfo': replace(certUrl, 'https://sns.us-west-2.amazonaws.com@evil.example/x.pem'),
    'cert-url-s3-host': replace(certUrl, 'https://s3.amazonaws.com/sns.us-west-2.amazonaws.com/x.pem'),
  },
  extra: [
    unsubscribed('valid-unsubscribe-confirmation', '1'),
    unsubscribed('valid-v2-unsubscribe-confirmation', '2'),
    refused('topic-arn-not-allowed', notification('2', { TopicArn: 'arn:aws:sns:us-west-2:999999999999:Evil' })),
    refused('confirmation-of-a-topic-not-allowed', (now) => control('SubscriptionConfirmation', '2')(now).replace(topic, 'arn:aws:sns:us-west-2:999999999999:Evil')),
  ],
  // White space behind the JSON is not signed.
  skip: ['tampered-body-trailing-newline'],
  // The package looks at no time and no topic.
  lenient: ['stale-timestamp', 'future-timestamp', 'topic-arn-not-allowed', 'confirmation-of-a-topic-not-allowed'],
});
