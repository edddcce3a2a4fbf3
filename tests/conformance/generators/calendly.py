# packages:
import json

from cases import hmac, same, suite


def event(kind, status):
    return json.dumps({
        "created_at": "2026-01-01T00:00:00.000000Z", "created_by": "https://api.calendly.com/users/AAAAAAAAAAAAAAAA", "event": kind,
        "payload": {"email": "test@example.com", "event": "https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA", "name": "John Doe", "status": status,
                    "uri": "https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA/invitees/AAAAAAAAAAAAAAAA"}})


def mac(secret, body, now):
    return hmac("sha256", secret, f"{now}.".encode() + body)


def sign(request, secret, now):
    request.headers["calendly-webhook-signature"] = f"t={now},v1={mac(secret, request.body, now)}"


def accepts(request, secret, now):
    fields = dict(pair.split("=", 1) for pair in request.headers["calendly-webhook-signature"].split(","))
    return abs(now - int(fields["t"])) <= 180 and same(fields["v1"], mac(secret, request.body, fields["t"]))


suite(
    provider="calendly",
    by="none: documented scheme, HMAC of t.body",
    config={"secrets": ["5mEzn9C-I28UtwOjZJtFoob0sAAFZ95GbZkqj4y3i0I"]},
    bodies=[
        {"name": "valid", "type": "invitee.created", "body": event("invitee.created", "active")},
        {"name": "valid-cancelled", "type": "invitee.canceled", "body": event("invitee.canceled", "canceled")},
    ],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 180},
)
