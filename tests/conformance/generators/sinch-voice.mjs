// packages: @sinch/sdk-core@1.4.0
import { createHash } from 'node:crypto';
import { suite, hmac, put } from '../lib/cases.mjs';
import sinch from '@sinch/sdk-core';

const key = '669E367E-6BBA-48AB-AF15-266871C28135';
const digest = (text) => createHash('sha256').update(text).digest('hex');
const end = '{"event":"dice","callid":"oesx2w3lpzdpxl3asnkc6tcrbe","timestamp":"2026-01-01T00:00:00Z","reason":"MANAGERHANGUP","result":"ANSWERED","version":1,"custom":"customData","debit":{"currencyId":"EUR","amount":0.027},"userRate":{"currencyId":"EUR","amount":0.018},"to":{"type":"Number","endpoint":"12015555555"},"applicationKey":"669E367E-6BBA-48AB-AF15-266871C28135","duration":42,"from":"12015555551"}';
const result = '{"id":"1234567890","event":"VerificationResultEvent","method":"sms","identity":{"type":"number","endpoint":"+46700000000"},"status":"SUCCESSFUL","source":"manual","custom":"string"}';

await suite({
  provider: 'sinch-voice',
  by: '@sinch/sdk-core@1.4.0 VoiceCallbackWebhooks.validateAuthenticationHeader',
  config: { secrets: ['BeIukql3pTKJ8RGL5zo0DA=='], application_keys: ['77a6b5c4-0000-4a2b-8c3d-000000000000', key], override: { accepted: { json: {} } } },
  headers: { 'content-type': 'application/json; charset=utf-8' },
  bodies: [
    { name: 'valid', type: 'dice', body: end, id: digest(end) },
    { name: 'valid-verification-result', type: 'VerificationResultEvent', body: result, id: digest(result) },
    { name: 'valid-lower-case-scheme', type: 'dice', body: end, id: digest(end), headers: { 'x-note': 'lower' } },
  ],
  sign(request, secret, now) {
    const time = new Date(now * 1000).toISOString().replace('.000Z', '.0000000Z');
    const md5 = createHash('md5').update(request.body).digest('base64');
    const content = `${request.method}\n${md5}\n${request.headers['content-type']}\nx-timestamp:${time}\n${new URL(request.url).pathname}`;
    request.headers['x-timestamp'] = time;
    const scheme = request.headers['x-note'] ?? 'Application';
    request.headers.authorization = `${scheme === 'lower' ? 'application' : scheme} ${key}:${hmac('sha256', Buffer.from(secret, 'base64'), content, 'base64')}`;
  },
  accepts: (request, secret) =>
    new sinch.VoiceCallbackWebhooks({ applicationKey: key, applicationSecret: secret })
      .validateAuthenticationHeader(request.headers, request.text, new URL(request.url).pathname, request.method),
  signature: 'authorization',
  covers: ['body', 'method'],
  oddBodies: false, // The id is a digest of the body, which these change.
  timestamped: { tolerance_s: 300 },
  // The package does not look at the time.
  lenient: ['stale-timestamp', 'future-timestamp'],
  forge: {
    'another-path': (request) => void (request.url = request.url.replace('/in/', '/im/')),
    'another-content-type': (request) => put(request, 'content-type', 'application/json'),
    'another-application': (request) => put(request, 'authorization', request.headers.authorization.replace('669E', '669F')),
    'basic-instead': (request) => put(request, 'authorization', request.headers.authorization.replace('Application', 'Basic')),
  },
});
