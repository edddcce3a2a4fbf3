# packages:
from cases import put, read, same, suite

TOKEN = {"query": "token"}


def event(kind, contact):
    return (f"type={kind}&date_time=2026-01-01T00%3A00%3A00-06%3A00&initiated_from=admin&initiated_by=admin&list=0&contact%5Bid%5D={contact}"
            "&contact%5Bemail%5D=jon%40example.com&contact%5Bfirst_name%5D=Jon&contact%5Btags%5D=newsletter&orgname=")


suite(
    provider="active-campaign",
    by="none: nothing is signed; a token in the URL",
    config={"secrets": ["7c1d8a551a0e4a7e9b933d0f2a6c5e17"]},
    headers={"content-type": "application/x-www-form-urlencoded"},
    bodies=[
        {"name": "valid", "type": "subscribe", "body": event("subscribe", 42)},
        {"name": "valid-unsubscribe", "type": "unsubscribe", "body": event("unsubscribe", 43)},
    ],
    sign=lambda request, secret, now: put(request, TOKEN, secret),
    accepts=lambda request, secret, now: same(read(request, TOKEN), secret),
    signature=TOKEN,
    covers=[],
    odd_bodies="form",
    long_body=1000,
)
