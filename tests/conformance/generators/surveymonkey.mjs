// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const client = '5pFyiSWBQeGLLTFQCO6ekQ';
const signed = (request, secret) => hmac('sha1', `${client}&${secret}`, request.body, 'base64');

await suite({
  provider: 'surveymonkey',
  by: 'none: documented scheme, HMAC-SHA1 of the body under client id and secret',
  config: { secrets: ['211743293845162334178690752618494'], client_id: client },
  headers: { 'content-type': 'application/vnd.surveymonkey.response.v1+json', 'sm-apikey': client },
  bodies: [
    { name: 'valid', type: 'response_completed', id: '10027615', body: '{"name":"My Webhook","filter_type":"survey","filter_id":"123456789","event_type":"response_completed","event_id":"10027615","object_type":"response","object_id":"987654321","event_datetime":"2026-01-01T00:00:00.000000+00:00","resources":{"respondent_id":"987654321","recipient_id":"0","collector_id":"123456","survey_id":"123456789","user_id":"1234"}}' },
    { name: 'valid-collector', type: 'collector_created', id: '10027616', headers: { 'content-type': 'application/json' }, body: '{"name":"My Webhook","filter_type":"survey","filter_id":"123456789","event_type":"collector_created","event_id":"10027616","object_type":"collector","object_id":"123457","event_datetime":"2026-01-01T00:00:05.000000+00:00","resources":{"collector_id":"123457","survey_id":"123456789","user_id":"1234"}}' },
  ],
  sign(request, secret) {
    request.headers['sm-signature'] = signed(request, secret);
  },
  accepts: (request, secret) => same(request.headers['sm-signature'] ?? '', signed(request, secret)),
  forge: {
    'secret-alone': (request) => void (request.headers['sm-signature'] = hmac('sha1', '211743293845162334178690752618494', request.body, 'base64')),
  },
  extra: [
    { case: 'handshake-head', expect: 'handshake', method: 'HEAD', headers: {}, expect_status: 200, expect_reply: '' },
    { case: 'get-is-no-handshake', expect: 'reject', method: 'GET', headers: {} },
  ],
});
