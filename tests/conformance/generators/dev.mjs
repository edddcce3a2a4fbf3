// packages:
// Nothing is checked, so there is nothing that `suite` could forge.
const json = { 'content-type': 'application/json' };

function accept(name, type, body, { id = null, headers = json } = {}) {
  console.log(JSON.stringify({
    provider: 'dev',
    case: name,
    config: {},
    request: { method: 'POST', url: 'https://hooks.example.com/in/dev', headers, body_b64: Buffer.from(body).toString('base64') },
    now: 1767225600,
    expect: 'accept',
    expect_type: type,
    expect_id: id,
    tolerance_s: null,
    verified_by: 'none: nothing is checked',
  }));
}

accept('event', 'test_event', '{"event":"test_event","data":{"key":"value"}}');
accept('event-with-a-type', 'test_event', '{"event":{"type":"test_event","key":"value"}}');
accept('event-type', 'order_created', '{"event_type":"order_created","timestamp":"2023-10-01T12:00:00Z","order_id":"12345"}');
accept('event-type-camel-case', 'order_created', '{"eventType":"order_created","eventId":"e-2"}', { id: 'e-2' });
accept('type', 'user.created', '{"type":"user.created","event_id":"e-1"}', { id: 'e-1' });
accept('utf8', 'user.created', '{"type":"user.created","name":"Zoë – 日本 🚀"}');
accept('type-in-header', 'note', 'hello', { headers: { 'content-type': 'text/plain', 'x-event-type': 'note' } });
accept('body-before-header', 'user.created', '{"type":"user.created"}', { headers: { ...json, 'x-event-type': 'note' } });
accept('no-type', null, '{"a":1}');
accept('no-body', null, '', { headers: {} });
