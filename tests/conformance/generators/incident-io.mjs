// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'incident-io',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'public_incident.incident_created_v2',
      id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
      headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' },
      body: '{"event_type":"public_incident.incident_created_v2","public_incident.incident_created_v2":{"id":"01FDAG4SAP5TYPT98WGR2N7W91","reference":"INC-123","name":"Our database is sad","mode":"standard","visibility":"public","incident_status":{"id":"01FCNDV6P870EA6S7TK1DSYD5H","name":"Investigating","category":"live"},"severity":{"id":"01FH5TZRWMNAFB0DZ23FD1TV96","name":"Minor","rank":1},"permalink":"https://app.incident.io/incidents/123","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-private-incident-incident-created-v2',
      type: 'private_incident.incident_created_v2',
      id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X',
      headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X' },
      body: '{"event_type":"private_incident.incident_created_v2","private_incident.incident_created_v2":{"id":"01FDAG4SAP5TYPT98WGR2N7W92"}}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
