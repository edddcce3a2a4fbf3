// packages:
import { suite, hmac, same, put } from '../lib/cases.mjs';

const url = 'https://hooks.example.com/in/favro';
const signature = (request, secret) => hmac('sha1', secret, `${request.json.payloadId}${request.url}`, 'base64');

await suite({
  provider: 'favro',
  by: 'none: documented scheme, HMAC-SHA1 of payloadId and URL',
  config: { secrets: ['5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'], url },
  bodies: [
    {
      name: 'valid',
      type: 'created',
      id: 'a3f1c2d4-5b6e-4f70-8a9b-1c2d3e4f5a6b',
      body: '{"payloadId":"a3f1c2d4-5b6e-4f70-8a9b-1c2d3e4f5a6b","hookId":"8cc57b1d8a218fa639c8a0fa","action":"created","card":{"cardId":"67973f72db34592d8fc96c48","organizationId":"zk4CJpg5uozhL4R2W","widgetCommonId":"67973f72db34592d8fc96c47","columnId":"b4d8c6283d9d58f9a39108e7","cardCommonId":"12345abcde","name":"This is a card","detailedDescription":"","sequentialId":42,"archived":false},"sender":{"userId":"tXfWe3MXQqhnnTRtw","name":"Jane"}}',
    },
    {
      name: 'valid-moved',
      type: 'moved',
      id: 'a3f1c2d4-5b6e-4f70-8a9b-1c2d3e4f5a6c',
      body: '{"payloadId":"a3f1c2d4-5b6e-4f70-8a9b-1c2d3e4f5a6c","hookId":"8cc57b1d8a218fa639c8a0fa","action":"moved","card":{"cardId":"67973f72db34592d8fc96c48","organizationId":"zk4CJpg5uozhL4R2W","columnId":"b4d8c6283d9d58f9a39108e8","cardCommonId":"12345abcde","name":"This is a card"},"sender":{"userId":"tXfWe3MXQqhnnTRtw"}}',
    },
  ],
  longBody: 800,
  url,
  sign: (request, secret) => void (request.headers['x-favro-webhook'] = signature(request, secret)),
  accepts: (request, secret) => same(request.headers['x-favro-webhook'], signature(request, secret)),
  // What happened is not signed.
  covers: ['url'],
  forge: {
    'another-payload-id': (request) => put(request, { json: '/payloadId' }, 'a3f1c2d4-5b6e-4f70-8a9b-1c2d3e4f5a6f'),
    'no-payload-id': (request) => put(request, { json: '/payloadId' }, undefined),
    'no-body': (request) => void (request.body = Buffer.alloc(0)),
  },
});
