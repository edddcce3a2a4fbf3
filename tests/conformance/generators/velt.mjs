// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'velt',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_W9vhMZR+rtepnBmO/63rulPbKslVuElF'] },
  bodies: [
    {
      name: 'valid',
      type: 'comment.add',
      id: 'msg_tLt95Mfh3HE82zREF8lTrd0wo5B',
      headers: { 'svix-id': 'msg_tLt95Mfh3HE82zREF8lTrd0wo5B' },
      body: '{"actionType":"add","data":{"actionUser":{"email":"actor@example.com","name":"Actor User","organizationId":"org123","userId":"user123"},"commentAnnotation":{"annotationId":"anno-xyz","annotationIndex":1,"comments":[{"commentId":101,"commentText":"Hello world","createdAt":1767225600000,"status":"added","type":"text"}]},"metadata":{"documentId":"doc-7","organizationId":"org123"}},"event":"comment.add","source":"comment","webhookId":"wh-1a2b3c"}',
    },
    {
      name: 'valid-comment-annotation-status-change',
      type: 'comment_annotation.status_change',
      id: 'msg_gfrOAgfavMPdWLlVlcjq59Rpx9Y',
      headers: { 'svix-id': 'msg_gfrOAgfavMPdWLlVlcjq59Rpx9Y' },
      body: '{"actionType":"statusChange","data":{"actionUser":{"email":"actor@example.com","userId":"user123"},"commentAnnotation":{"annotationId":"anno-xyz","status":{"id":"RESOLVED","name":"Resolved","type":"terminal"}},"metadata":{"documentId":"doc-7","organizationId":"org123"}},"event":"comment_annotation.status_change","source":"comment","webhookId":"wh-1a2b3d"}',
    },
  ],
  ...standard('svix', Webhook),
});
