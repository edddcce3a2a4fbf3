// packages:
import { suite, hmac, put, same } from '../lib/cases.mjs';

const secret = 'hf-sumsub-4f8a1c6d2b9e4035';
const algorithms = { HMAC_SHA1_HEX: 'sha1', HMAC_SHA256_HEX: 'sha256', HMAC_SHA512_HEX: 'sha512' };
const body = '{"applicantId":"5cb744200a975a67ed1798a4","inspectionId":"5cb744200a975a67ed1798a5","applicantType":"individual","correlationId":"req-fa94263f-0b23-42d7-9393-ab10b28ef42d","levelName":"basic-kyc-level","sandboxMode":false,"externalUserId":"12672","type":"applicantReviewed","reviewResult":{"reviewAnswer":"GREEN"},"reviewStatus":"completed","createdAt":"2026-01-01 00:00:00+0000","createdAtMs":"2026-01-01 00:00:00.002","clientId":"example"}';
const signed = (name, text = body) => ({ 'content-type': 'application/json', 'x-payload-digest-alg': name, 'x-payload-digest': hmac(algorithms[name] ?? 'md5', secret, text) });

await suite({
  provider: 'sumsub',
  by: 'none: documented scheme, HMAC of the body in hex by the algorithm that a header names',
  config: { secrets: [secret] },
  longBody: 1500,
  bodies: [
    { name: 'valid', type: 'applicantReviewed', id: '5cb744200a975a67ed1798a4:applicantReviewed:2026-01-01 00:00:00.002', body },
    { name: 'valid-created', type: 'applicantCreated', id: '5cb744200a975a67ed1798a5:applicantCreated:2026-01-01 00:00:05.002', body: '{"applicantId":"5cb744200a975a67ed1798a5","inspectionId":"5cb744200a975a67ed1798a6","applicantType":"individual","levelName":"basic-kyc-level","externalUserId":"12673","type":"applicantCreated","reviewStatus":"init","createdAtMs":"2026-01-01 00:00:05.002","clientId":"example"}' },
  ],
  sign(request, key) {
    request.headers['x-payload-digest-alg'] = 'HMAC_SHA256_HEX';
    request.headers['x-payload-digest'] = hmac('sha256', key, request.body);
  },
  accepts(request, key) {
    const algorithm = algorithms[request.headers['x-payload-digest-alg']];
    return algorithm !== undefined && same(request.headers['x-payload-digest'] ?? '', hmac(algorithm, key, request.body));
  },
  signature: 'x-payload-digest',
  forge: {
    'algorithm-relabelled': (request) => put(request, 'x-payload-digest-alg', 'HMAC_SHA512_HEX'),
    'algorithm-in-lower-case': (request) => put(request, 'x-payload-digest-alg', 'hmac_sha256_hex'),
  },
  extra: [
    { case: 'valid-sha512', expect: 'accept', type: 'applicantReviewed', headers: signed('HMAC_SHA512_HEX'), body },
    { case: 'valid-sha1', expect: 'accept', type: 'applicantReviewed', headers: signed('HMAC_SHA1_HEX'), body },
    { case: 'sha512-called-sha256', expect: 'reject', headers: { ...signed('HMAC_SHA512_HEX'), 'x-payload-digest-alg': 'HMAC_SHA256_HEX' }, body },
    { case: 'sha1-called-sha256', expect: 'reject', headers: { ...signed('HMAC_SHA1_HEX'), 'x-payload-digest-alg': 'HMAC_SHA256_HEX' }, body },
    { case: 'algorithm-md5', expect: 'reject', headers: signed('HMAC_MD5_HEX'), body },
  ],
});
