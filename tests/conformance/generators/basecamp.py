# packages:
import json

from cases import put, read, same, suite

TOKEN = {"query": "token"}


def event(ident, kind):
    return json.dumps({
        "id": ident, "kind": kind, "details": {}, "created_at": "2026-01-01T00:00:00.131Z",
        "recording": {"id": 9007199254741623, "status": "active", "title": "Replace the filter", "type": "Todo", "bucket": {"id": 2085958499, "type": "Project"}},
        "creator": {"id": 1049715914, "name": "Victor Cooper"}})


suite(
    provider="basecamp",
    by="none: nothing is signed; a token in the URL",
    config={"secrets": ["2f6d0b3993ad4a8a8e386a8a1f6f7b42"]},
    headers={"content-type": "application/json", "user-agent": "Basecamp3 Webhook"},
    bodies=[
        {"name": "valid", "type": "todo_created", "id": "9007199254741210", "body": event(9007199254741210, "todo_created")},
        {"name": "valid-completed", "type": "todo_completed", "id": "9007199254741211", "body": event(9007199254741211, "todo_completed")},
    ],
    sign=lambda request, secret, now: put(request, TOKEN, secret),
    accepts=lambda request, secret, now: same(read(request, TOKEN), secret),
    signature=TOKEN,
    covers=[],
    odd_bodies=False,
)
