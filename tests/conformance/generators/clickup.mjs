// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'clickup',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['O94IM25S7PXBPYTMNXLLET230SRP0S89COR7B1YOJ2ZIE8WQNK5UUKEF26W0Z5GA'] },
  bodies: [
    {
      name: 'valid',
      type: 'taskStatusUpdated',
      id: 'taskStatusUpdated:7fa3ec74-69a8-4530-a251-8a13730bd204:2800787326392370170',
      body: '{"event":"taskStatusUpdated","history_items":[{"id":"2800787326392370170","type":1,"date":"1767225600000","field":"status","parent_id":"162641062","data":{"status_type":"custom"},"source":null,"user":{"id":183,"username":"John","email":"john@example.com"},"before":{"status":"to do","type":"open","orderindex":0},"after":{"status":"in progress","type":"custom","orderindex":1}}],"task_id":"1vj38vv","webhook_id":"7fa3ec74-69a8-4530-a251-8a13730bd204"}',
    },
    {
      name: 'valid-task-priority-updated',
      type: 'taskPriorityUpdated',
      id: 'taskPriorityUpdated:7fa3ec74-69a8-4530-a251-8a13730bd204:2800773800802162647',
      body: '{"event":"taskPriorityUpdated","history_items":[{"id":"2800773800802162647","type":1,"date":"1767225600000","field":"priority","parent_id":"162641062","data":{"status_type":"custom"},"source":null,"user":{"id":183,"username":"John","email":"john@example.com"},"before":null,"after":{"id":"2","priority":"high","orderindex":"2"}}],"task_id":"1vj38vv","webhook_id":"7fa3ec74-69a8-4530-a251-8a13730bd204"}',
    },
    {
      name: 'valid-task-deleted',
      type: 'taskDeleted',
      body: '{"event":"taskDeleted","task_id":"1vj37mc","webhook_id":"7fa3ec74-69a8-4530-a251-8a13730bd204"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-signature'], hmac('sha256', secret, request.body)),
});
