# packages: flagsmith==6.3.0
import sys

from cases import hmac, suite

sys.path.pop(0)  # this folder, whose flagsmith.py is not the package
from flagsmith.webhooks import verify_signature

BODY = '{"data":{"changed_by":"jon@example.com","new_state":{"enabled":true,"environment":{"id":23,"name":"Development"},"feature":{"id":5,"name":"font_size","type":"CONFIG","project":{"id":1,"name":"Acme"}},"feature_state_value":"12"},"previous_state":{"enabled":false},"timestamp":"2026-01-01T00:00:00.000000Z"},"event_type":"FLAG_UPDATED"}'


def sign(request, secret, now):
    request.headers["x-flagsmith-signature"] = hmac("sha256", secret, request.body)


suite(
    provider="flagsmith",
    by="flagsmith@6.3.0 webhooks.verify_signature",
    config={"secrets": ["A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"]},
    bodies=[{"name": "valid", "type": "FLAG_UPDATED", "body": BODY}],
    sign=sign,
    accepts=lambda request, secret, now: verify_signature(request.body, request.headers["x-flagsmith-signature"], secret),
)
