# packages: emailit==2.0.1
import sys

from cases import hmac, suite

sys.path.pop(0)  # this folder, whose emailit.py is not the package
from emailit import WebhookSignature

BODY = '{"event_id":"evt_4x8kq2m1n7p3","type":"email.delivered","created_at":"2026-01-01T00:00:00.000Z","data":{"object":{"id":"em_4x8kq2m1n7p4","from":"hello@example.com","to":"jon@example.com","subject":"Welcome","status":"delivered"}}}'


def sign(request, secret, now):
    request.headers["x-emailit-timestamp"] = str(now)
    request.headers["x-emailit-signature"] = hmac("sha256", secret, f"{now}.{request.text}")


def accepts(request, secret, now):
    WebhookSignature.verify(request.text, request.headers["x-emailit-signature"], request.headers["x-emailit-timestamp"], secret)
    return True


suite(
    provider="emailit",
    by="emailit@2.0.1 WebhookSignature.verify",
    config={"secrets": ["A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6"]},
    bodies=[{"name": "valid", "type": "email.delivered", "id": "evt_4x8kq2m1n7p3", "body": BODY}],
    sign=sign,
    accepts=accepts,
    timestamped={"tolerance_s": 300},
    lenient=["future-timestamp"],
)
