// packages: @transloadit/utils@4.8.1
import { suite, hmac, put, read } from '../lib/cases.mjs';
import { verifyWebhookSignature } from '@transloadit/utils';

const secret = 'c2a4e6f8091b3d5c7e9fa0b2c4d6e8f00112233a';
const assembly = (ok, extra = {}) => ({ ok, http_code: 200, assembly_id: '15a6b3701d3811e78d7bfba4db1b053e', message: 'Grüße & +', results: {}, ...extra });
const form = (status) => `transloadit=${encodeURIComponent(JSON.stringify(status))}&signature=`;
const failed = { error: 'INVALID_FILE_META_DATA', http_code: 400, assembly_id: '15a6b3701d3811e78d7bfba4db1b053f' };
const expected = (text, key) => `sha384:${hmac('sha384', key, text)}`;
const completed = JSON.stringify(assembly('ASSEMBLY_COMPLETED'));
const id = '15a6b3701d3811e78d7bfba4db1b053e:ASSEMBLY_COMPLETED';
const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' };
const multipart = (...fields) => ({
  headers: { 'content-type': 'multipart/form-data; boundary=b0undary' },
  body: `${fields.map(([name, value]) => `--b0undary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--b0undary--\r\n`,
});
const readPart = (request, name) => request.text.match(new RegExp(`name="${name}"\\r\\n\\r\\n([^\\r]*)`))?.[1];

await suite({
  provider: 'transloadit',
  by: '@transloadit/utils@4.8.1 verifyWebhookSignature',
  config: { secrets: [secret] },
  headers: urlencoded,
  bodies: [
    { name: 'valid', type: 'ASSEMBLY_COMPLETED', id, body: form(assembly('ASSEMBLY_COMPLETED')) },
    { name: 'valid-error', type: 'INVALID_FILE_META_DATA', id: '15a6b3701d3811e78d7bfba4db1b053f:INVALID_FILE_META_DATA', body: form(failed) },
  ],
  sign(request, key) {
    put(request, { form: 'signature' }, expected(read(request, { form: 'transloadit' }), key));
  },
  accepts(request, key) {
    const field = (name) => (request.headers['content-type'].startsWith('multipart') ? readPart(request, name) : read(request, { form: name })) ?? '';
    return verifyWebhookSignature({ rawBody: field('transloadit'), signatureHeader: field('signature'), authSecret: key });
  },
  signature: { form: 'signature' },
  oddBodies: 'form',
  longBody: 1000,
  tamper: (text) => text.replace('COMPLETED', 'CANCELED'),
  // Nothing but the field is signed, and that is all that is published.
  skip: ['tampered-body-trailing-newline'],
  extra: [
    { case: 'valid-sha1', expect: 'accept', type: 'ASSEMBLY_COMPLETED', id, headers: urlencoded, body: `transloadit=${encodeURIComponent(completed)}&signature=${hmac('sha1', secret, completed)}` },
    { case: 'valid-multipart', expect: 'accept', type: 'ASSEMBLY_COMPLETED', id, ...multipart(['transloadit', completed], ['signature', expected(completed, secret)]) },
    { case: 'multipart-tampered', expect: 'reject', ...multipart(['transloadit', completed.replace('200', '201')], ['signature', expected(completed, secret)]) },
    { case: 'sha1-named-sha384', expect: 'reject', headers: urlencoded, body: `transloadit=${encodeURIComponent(completed)}&signature=sha384:${hmac('sha1', secret, completed)}` },
    { case: 'field-twice', expect: 'reject', headers: urlencoded, body: `transloadit=%7B%22ok%22%3A%22FORGED%22%7D&transloadit=${encodeURIComponent(completed)}&signature=${encodeURIComponent(expected(completed, `${secret}x`))}` },
  ],
});
