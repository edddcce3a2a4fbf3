# packages:
from urllib.parse import parse_qsl, urlencode

from cases import hmac, put, same, suite

SIGNATURE = {"form": "x_signature"}
BILL = {"id": "zq0tm2wc", "collection_id": "yhx5t1pp", "paid": "true", "state": "paid", "amount": "100", "paid_amount": "100", "due_at": "2026-1-1",
        "email": "tester@test.com", "mobile": "", "name": "TESTER ZOË & CO", "url": "https://www.billplz.com/bills/zq0tm2wc", "paid_at": "2026-01-01 00:00:00 +0800"}


def form(**changes):
    fields = {**BILL, **changes, "x_signature": ""}
    return urlencode({name: value for name, value in fields.items() if value is not None})


def mac(request, secret):
    fields = parse_qsl(request.text, keep_blank_values=True)
    source = sorted((key + value for key, value in fields if key != "x_signature"), key=str.lower)
    return hmac("sha256", secret, "|".join(source))


def sign(request, secret, now):
    put(request, SIGNATURE, mac(request, secret))


def accepts(request, secret, now):
    return same(dict(parse_qsl(request.text, keep_blank_values=True))["x_signature"], mac(request, secret))


def changed(name, value):
    return lambda request: put(request, {"form": name}, value)


suite(
    provider="billplz",
    by="none: documented scheme, HMAC of the sorted fields",
    config={"secrets": ["S-s7b4yWpp9h7rrkNM1i3Z_g"]},
    headers={"content-type": "application/x-www-form-urlencoded"},
    bodies=[
        {"name": "valid", "type": "bill.paid", "body": form()},
        {"name": "valid-due", "type": "bill.due", "body": form(state="due", paid="false", paid_amount="0", transaction_id="AC4GC031F42H", transaction_status="failed")},
        {"name": "valid-with-mobile", "type": "bill.paid", "body": form(mobile="+60112223333", email="", transaction_id="AC4GC031F42H", transaction_status="completed")},
        {"name": "valid-fewer-fields", "type": "bill.paid", "body": form(mobile=None, due_at=None)},
    ],
    sign=sign,
    accepts=accepts,
    signature=SIGNATURE,
    covers=[],  # the fields, one by one
    odd_bodies=False,
    forge={
        "tampered-amount": changed("paid_amount", "1"),
        "tampered-state": changed("state", "due"),
        "tampered-id": changed("id", "zq0tm2wd"),
        "missing-name": changed("name", None),
        "moved-letters": changed("amount", "1000"),
    },
)
