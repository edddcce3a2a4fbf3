// packages:
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (kind) => JSON.stringify({
  hook: { id: 889783, project_id: 123681, target: 'https://hooks.example.com/in/uploadcare', event: kind, is_active: true },
  data: { uuid: 'f08d7c8a-2971-42e0-ab01-780d9039b40b', mime_type: 'image/jpeg', original_filename: 'dôwnload.jpeg', size: 10603 },
  file: 'https://ucarecdn.com/f08d7c8a-2971-42e0-ab01-780d9039b40b/download.jpeg',
});
const expected = (body, secret) => `v1=${hmac('sha256', secret, body)}`;
const digest = (body) => createHash('sha256').update(body).digest('hex');
// The body, secret and signature that the tests of Uploadcare's own package hold.
const published = '{"payload_hash":"1844671900","data":{"uuid":"f08d7c8a-2971-42e0-ab01-780d9039b40b","image_info":{"color_mode":"RGB","format":"JPEG","height":168,"width":300,"orientation":null,"dpi":null,"geo_location":null,"datetime_original":null,"sequence":false},"video_info":null,"content_info":{"mime":{"mime":"image/jpeg","type":"image","subtype":"jpeg"},"video":null,"image":{"color_mode":"RGB","format":"JPEG","height":168,"width":300,"orientation":null,"dpi":null,"geo_location":null,"datetime_original":null,"sequence":false}},"mime_type":"image/jpeg","original_filename":"download.jpeg","size":10603,"is_image":true,"is_ready":true,"datetime_removed":null,"datetime_stored":null,"datetime_uploaded":null,"original_file_url":"https://ucarecdn.com/f08d7c8a-2971-42e0-ab01-780d9039b40b/download.jpeg","url":"","source":null,"variations":null,"rekognition_info":null},"hook":{"id":889783,"project_id":123681,"target":"https://6f48-188-232-175-230.ngrok.io/posts","event":"file.uploaded","is_active":true,"created_at":"2021-11-18T06:17:42.730459Z","updated_at":"2021-11-18T06:17:42.730459Z"},"file":"https://ucarecdn.com/f08d7c8a-2971-42e0-ab01-780d9039b40b/download.jpeg"}';

await suite({
  provider: 'uploadcare',
  by: 'none: documented scheme, v1= and hex of HMAC-SHA256 of the body',
  config: { secrets: ['a9F3kQ7xTz2LmWp5'] },
  bodies: [
    { name: 'valid', type: 'file.uploaded', body: event('file.uploaded') },
    { name: 'valid-stored', type: 'file.stored', id: digest(event('file.stored')), body: event('file.stored') },
  ],
  sign(request, secret) {
    request.headers['x-uc-signature'] = expected(request.body, secret);
  },
  accepts: (request, secret) => same(request.headers['x-uc-signature'] ?? '', expected(request.body, secret)),
  longBody: 1000,
  extra: [
    {
      case: 'docs-test-vector', expect: 'accept', type: 'file.uploaded', id: digest(published), config: { secrets: ['12345X'], override: { secret: { bytes_min: 6 } } },
      headers: { 'content-type': 'application/json', 'x-uc-signature': 'v1=9b31c7dd83fdbf4a2e12b19d7f2b9d87d547672a325b9492457292db4f513c70' }, body: published,
    },
  ],
});
