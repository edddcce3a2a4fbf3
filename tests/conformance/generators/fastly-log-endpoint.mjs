// packages:
import { put, read, same, suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const service = 'SU1Z0isxPaozGVKXdv0eY';
const digest = crypto.createHash('sha256').update(service).digest('hex');
const challenge = 'https://hooks.example.com/.well-known/fastly/logging/challenge';

await suite({
  provider: 'fastly-log-endpoint',
  by: 'none: nothing is signed; a token in the URL',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'], service_id: service },
  bodies: [
    {
      name: 'valid',
      type: 'log',
      headers: { 'content-type': 'application/x-ndjson', 'user-agent': 'Fastly/1.0' },
      body: `{"timestamp":"2026-01-01T00:00:00+0000","client_ip":"192.0.2.17","geo_country":"germany","host":"www.example.com","url":"/index.html","request_method":"GET","request_protocol":"HTTP/2","request_user_agent":"Mozilla/5.0","response_state":"HIT","response_status":200,"response_body_size":5123,"fastly_server":"cache-fra-eddf8230088-FRA"}
{"timestamp":"2026-01-01T00:00:00+0000","client_ip":"192.0.2.17","geo_country":"germany","host":"www.example.com","url":"/missing.html","request_method":"GET","request_protocol":"HTTP/2","request_user_agent":"Mozilla/5.0","response_state":"HIT","response_status":404,"response_body_size":5123,"fastly_server":"cache-fra-eddf8230088-FRA"}
`,
    },
    {
      name: 'valid-text-plain',
      type: 'log',
      headers: { 'content-type': 'text/plain', 'user-agent': 'Fastly/1.0' },
      body: `{"timestamp":"2026-01-01T00:00:00+0000","client_ip":"192.0.2.17","geo_country":"germany","host":"www.example.com","url":"/","request_method":"GET","request_protocol":"HTTP/2","request_user_agent":"Mozilla/5.0","response_state":"HIT","response_status":200,"response_body_size":5123,"fastly_server":"cache-fra-eddf8230088-FRA"}
`,
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
  oddBodies: false, // Lines, not one document.
  extra: [
    { case: 'handshake-challenge', expect: 'handshake', method: 'GET', headers: {}, url: challenge, expect_status: 200, expect_reply: digest },
    { case: 'handshake-another-path', expect: 'reject', method: 'GET', headers: {}, url: `${challenge}s` },
    { case: 'post-to-the-challenge', expect: 'reject', url: challenge, body: '{}' },
  ],
});
