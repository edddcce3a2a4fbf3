# packages:
import json

from cases import hmac, same, suite


def event(trigger, status):
    return json.dumps({
        "triggerEvent": trigger, "createdAt": "2026-01-01T00:00:00.538Z",
        "payload": {"type": "60min", "title": "60min between Pro Example and John Doe", "startTime": "2026-01-05T09:00:00Z", "endTime": "2026-01-05T10:00:00Z",
                    "organizer": {"id": 5, "email": "pro@example.com"}, "attendees": [{"email": "john.doe@example.com"}], "uid": "bFJeNb2uX8ANpT3JL5EfXw", "status": status}})


def sign(request, secret, now):
    request.headers["x-cal-signature-256"] = hmac("sha256", secret, request.body)


suite(
    provider="cal-com",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": ["mR9sD3fG6hYpLuEoAiTrNqBxtJ4Qb5lZ"]},
    bodies=[
        {"name": "valid", "type": "BOOKING_CREATED", "body": event("BOOKING_CREATED", "ACCEPTED")},
        {"name": "valid-cancelled", "type": "BOOKING_CANCELLED", "body": event("BOOKING_CANCELLED", "CANCELLED")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-cal-signature-256"], hmac("sha256", secret, request.body)),
    forge={"no-secret-provided": lambda request: request.headers.update({"x-cal-signature-256": "no-secret-provided"})},
)
