// packages:
import { suite, put, read, same } from '../lib/cases.mjs';

const part = (name, value) => `--xYzZY\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const head = (name) => `Received: by mx.example.com with SMTP id ab12; Thu, 01 Jan 2026 00:00:01 +0000 (UTC)\nMIME-Version: 1.0\nFrom: Ada <ada@example.com>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n${name}: <CAF1@mail.example.com>\nSubject: Hello\n`;
const mail = (to, name = 'Message-ID') =>
  part('headers', head(name)) + part('from', 'Ada <ada@example.com>') + part('to', to) + part('subject', 'Hello') + part('text', 'Grüße') +
  part('envelope', `{"to":["${to}"],"from":"ada@example.com"}`) + part('SPF', 'pass') + '--xYzZY--\r\n';
const at = { query: 'token' };
const secret = 'b7e1c94f0a2d4638b7e1c94f';
const url = 'https://hooks.example.com/in/sendgrid-inbound-parse';
const body = mail('in@parse.example.com');
const headers = { 'content-type': 'multipart/form-data; boundary=xYzZY' };

await suite({
  provider: 'sendgrid-inbound-parse',
  by: 'none: no signature, a token in the URL',
  config: { secrets: [secret], url },
  headers,
  bodies: [
    { name: 'valid', type: 'inbound_email', id: '<CAF1@mail.example.com>:66fe946d1651538ab2ab01cd18acc9841870dd10cea09e6927ffa60011f9968c', body },
    { name: 'valid-other-recipient', type: 'inbound_email', id: '<CAF1@mail.example.com>:5ad4399516a2ed2e47c4ba709eca399ade84a28ead429b93f8b9337f50a58da8', body: mail('two@parse.example.com') },
    { name: 'valid-message-id-otherwise', type: 'inbound_email', id: '<CAF1@mail.example.com>:66fe946d1651538ab2ab01cd18acc9841870dd10cea09e6927ffa60011f9968c', body: mail('in@parse.example.com', 'Message-Id') },
  ],
  sign(request, key) {
    put(request, at, key);
  },
  accepts: (request, key) => same(read(request, at) ?? '', key),
  signature: at,
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'token-twice', expect: 'reject', url: `${url}?token=x&token=${secret}`, headers, body },
    { case: 'token-in-a-header', expect: 'reject', headers: { ...headers, token: secret }, body },
  ],
});
