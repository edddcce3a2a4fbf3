// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const time = 'x-grafana-alerting-timestamp';
const header = 'x-grafana-alerting-signature';
const content = (request) => (request.headers[time] === undefined ? request.body : Buffer.concat([Buffer.from(`${request.headers[time]}:`), request.body]));
const fresh = (request, now) => request.headers[time] === undefined || Math.abs(now - Number(request.headers[time])) <= 300;
const secret = 'nR8vYb2Wq0sT5uKx7Zc3LmHd1JfGp4Ae';
const body = '{"receiver":"hookferry","status":"firing","alerts":[],"groupKey":"{}:{}"}';
const headers = { 'content-type': 'application/json' };

await suite({
  provider: 'grafana',
  by: 'none: documented scheme, HMAC of the body, or of time and body',
  config: { secrets: ['nR8vYb2Wq0sT5uKx7Zc3LmHd1JfGp4Ae'] },
  bodies: [
    {
      name: 'valid',
      type: 'alert.firing',
      body: '{"receiver":"hookferry","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"High memory usage","team":"blue"},"annotations":{"summary":"The system has high memory usage"},"startsAt":"2026-01-01T00:00:00Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"c6eadffa33fcdf37","values":{"B":44.23,"C":1}}],"groupLabels":{"team":"blue"},"commonLabels":{"team":"blue"},"externalURL":"https://grafana.example.com/","version":"1","groupKey":"{}:{team=\\"blue\\"}","truncatedAlerts":0,"orgId":1,"title":"[FIRING:1] (blue)","state":"alerting"}',
    },
    {
      name: 'valid-alert-resolved',
      type: 'alert.resolved',
      body: '{"receiver":"hookferry","status":"resolved","alerts":[{"status":"resolved","labels":{"alertname":"High memory usage","team":"blue"},"annotations":{},"startsAt":"2026-01-01T00:00:00Z","endsAt":"2026-01-01T00:05:00Z","fingerprint":"c6eadffa33fcdf37"}],"groupLabels":{"team":"blue"},"commonLabels":{"team":"blue"},"externalURL":"https://grafana.example.com/","version":"1","groupKey":"{}:{team=\\"blue\\"}","truncatedAlerts":0,"orgId":1,"title":"[RESOLVED] (blue)","state":"ok"}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers[time] = String(now);
    request.headers[header] = hmac('sha256', secret, content(request));
  },
  accepts(request, secret, now) {
    JSON.parse(request.text);
    return fresh(request, now) && same(request.headers[header] ?? request.headers['x-grafana-alert-signature'], hmac('sha256', secret, content(request)));
  },
  signature: header,
  timestamped: { tolerance_s: 300 },
  forge: {
    // What was signed together, sent as if all of it were the body.
    'time-moved-into-the-body': (request) => {
      request.body = content(request);
      delete request.headers[time];
    },
  },
  extra: [
    { case: 'valid-no-timestamp', expect: 'accept', type: 'alert.firing', body, headers: { ...headers, [header]: hmac('sha256', secret, body) } },
    { case: 'valid-other-header', expect: 'accept', type: 'alert.firing', body, headers: { ...headers, 'x-grafana-alert-signature': hmac('sha256', secret, body) } },
    { case: 'valid-put', expect: 'accept', type: 'alert.firing', method: 'PUT', body, sign: true },
    { case: 'unsigned', expect: 'reject', body, headers },
  ],
});
