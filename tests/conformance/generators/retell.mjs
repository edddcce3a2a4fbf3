// packages: retell-sdk@5.66.1
import { suite, hmac } from '../lib/cases.mjs';
import { Retell } from 'retell-sdk';

const event = (name) => JSON.stringify({ event: name, call: { call_type: 'phone_call', call_id: 'Jabr9TXYYJHfvl6Syypi88rdAHYHmcq6', agent_id: 'oBeDLoLOeuAbiuaMFXRtDOLriTJ5tSxD', call_status: 'ended', start_timestamp: 1767225580000, end_timestamp: 1767225600000, transcript: 'Agent: Grüß Gott' } });

await suite({
  provider: 'retell',
  by: 'retell-sdk@5.66.1 Retell.verify',
  config: { secrets: ['key_4f8a1c6d2b9e4035a7c1e8d3f6b2'] },
  bodies: [{ name: 'valid', type: 'call_ended', body: event('call_ended') }, { name: 'valid-analyzed', type: 'call_analyzed', body: event('call_analyzed') }],
  sign(request, secret, now) {
    request.headers['x-retell-signature'] = `v=${now * 1000},d=${hmac('sha256', secret, `${request.text}${now * 1000}`)}`;
  },
  accepts: (request, secret) => Retell.verify(request.text, secret, request.headers['x-retell-signature']),
  timestamped: { tolerance_s: 300 },
});
