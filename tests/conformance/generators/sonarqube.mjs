// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'sonarqube',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['hf-sonar-4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'quality_gate.ok', id: 'AVh21JS2JepAEhwQ-b3u', body: '{"serverUrl":"http://localhost:9000","taskId":"AVh21JS2JepAEhwQ-b3u","status":"SUCCESS","analysedAt":"2026-01-01T00:00:00+0000","revision":"c739069ec7105e01303e8b3065a81141aad9f129","project":{"key":"org.sonarqube:example","name":"Example","url":"https://sonar.example.com/dashboard?id=org.sonarqube:example"},"properties":{},"qualityGate":{"conditions":[{"errorThreshold":"1","metric":"new_security_rating","onLeakPeriod":true,"operator":"GREATER_THAN","status":"OK","value":"1"}],"name":"SonarQube way","status":"OK"}}' },
    { name: 'valid-failed', type: 'analysis.failed', id: 'AVh21JS2JepAEhwQ-b3v', body: '{"serverUrl":"http://localhost:9000","taskId":"AVh21JS2JepAEhwQ-b3v","status":"FAILED","changedAt":"2026-01-01T00:00:05+0000","project":{"key":"org.sonarqube:example","name":"Example"}}' },
  ],
  sign(request, secret) {
    request.headers['x-sonar-webhook-hmac-sha256'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-sonar-webhook-hmac-sha256'] ?? '', hmac('sha256', secret, request.body)),
});
