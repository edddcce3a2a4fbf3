# packages:
import json

from cases import hmac, same, suite

MEMBER = "03ca69c3-ebea-4b9a-8fac-e4a837873254"


def member(status, **more):
    return json.dumps({
        "data": {
            "attributes": {"currently_entitled_amount_cents": 500, "full_name": "Jane Doé", "patron_status": status, **more},
            "id": MEMBER,
            "relationships": {"campaign": {"data": {"id": "12345", "type": "campaign"}}, "user": {"data": {"id": "32187", "type": "user"}}},
            "type": "member",
        },
        "included": [],
        "links": {"self": f"https://www.patreon.com/api/oauth2/v2/members/{MEMBER}"},
    })


def post(title):
    attributes = {"title": title, "published_at": "2026-01-01T00:00:00.000+00:00", "is_paid": False, "url": "https://www.patreon.com/posts/1"}
    return json.dumps({"data": {"attributes": attributes, "id": "1", "type": "post"}, "links": {"self": "https://www.patreon.com/api/oauth2/v2/posts/1"}})


def headers(event):
    return {"content-type": "application/json", "user-agent": "Patreon HTTP Robot", "x-patreon-event": event}


def body(name, event, text):
    return {"name": name, "type": event, "headers": headers(event), "body": text}


def sign(request, secret, now):
    request.headers["x-patreon-signature"] = hmac("md5", secret, request.body)


suite(
    provider="patreon",
    by="none: documented scheme, HMAC-MD5 of the body in hex",
    config={"secrets": ["Tf3hK9vQ2mX8rL5wZ1cN7bJ4yD6sG0aP"]},
    bodies=[
        body("valid", "members:pledge:create", member("active_patron")),
        body("valid-delete", "members:pledge:delete", member("former_patron", last_charge_status=None)),
        body("valid-post", "posts:publish", post("Hello")),
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-patreon-signature"], hmac("md5", secret, request.body)),
)
