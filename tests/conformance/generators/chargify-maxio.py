# packages:
import hashlib

from cases import hmac, same, suite

SECRET = "JNIjHVrAJ3lkZDbIPsnLYVQmzcA"
NAME = "x-chargify-webhook-signature-hmac-sha-256"


def event(ident, kind):
    return (f"id={ident}&event={kind}&payload%5Bsite%5D%5Bsubdomain%5D=acme&payload%5Bsubscription%5D%5Bid%5D=15100141&payload%5Bsubscription%5D%5Bstate%5D=active"
            "&payload%5Bsubscription%5D%5Bcreated_at%5D=2026-01-01+00%3A00%3A00+-0500&payload%5Bevent_id%5D=5501234")


def sign(request, secret, now):
    request.headers[NAME] = hmac("sha256", secret, request.body)


def legacy(request):
    del request.headers[NAME]
    request.headers["x-chargify-webhook-signature"] = hashlib.md5(SECRET.encode() + request.body).hexdigest()


suite(
    provider="chargify-maxio",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": [SECRET]},
    headers={"content-type": "application/x-www-form-urlencoded"},
    bodies=[
        {"name": "valid", "type": "signup_success", "id": "81309408", "body": event(81309408, "signup_success")},
        {"name": "valid-renewal", "type": "renewal_success", "id": "81309409", "body": event(81309409, "renewal_success")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers[NAME], hmac("sha256", secret, request.body)),
    odd_bodies="form",
    forge={"md5-only": legacy},
)
