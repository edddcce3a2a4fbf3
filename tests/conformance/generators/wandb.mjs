// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'wandb',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'LINK_MODEL',
      body: '{"event_type":"LINK_MODEL","event_author":"jon","artifact_version":"acme/model-registry/Classifier:v3","artifact_version_string":"acme/model-registry/Classifier:v3","artifact_collection_name":"Classifier","project_name":"model-registry","entity_name":"acme"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-wandb-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-wandb-signature'], hmac('sha256', secret, request.text));
  },
});
