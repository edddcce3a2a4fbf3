# packages:
import json

from cases import hmac, same, suite


def event(ident, kind):
    return json.dumps({
        "webhookId": "wh_k63lg72rxda78gce", "id": ident, "createdAt": "2026-01-01T00:00:00.123456Z", "type": kind,
        "event": {"network": "ETH_MAINNET", "activity": [{"blockNum": "0xdf34a3", "hash": "0x7a4a39da2a3fa1fc", "value": 293.092129, "asset": "USDC", "category": "token"}]}})


def sign(request, secret, now):
    request.headers["x-alchemy-signature"] = hmac("sha256", secret, request.body)


suite(
    provider="alchemy",
    by="none: documented scheme, HMAC of the body",
    config={"secrets": ["whsec_p2Xz7Qb5lZ8nX2cV7wK1mR9s"]},
    bodies=[
        {"name": "valid", "type": "ADDRESS_ACTIVITY", "id": "whevt_vq499kv7elmlbp2v", "body": event("whevt_vq499kv7elmlbp2v", "ADDRESS_ACTIVITY")},
        {"name": "valid-mined", "type": "MINED_TRANSACTION", "id": "whevt_vq499kv7elmlbp2w", "body": event("whevt_vq499kv7elmlbp2w", "MINED_TRANSACTION")},
    ],
    sign=sign,
    accepts=lambda request, secret, now: same(request.headers["x-alchemy-signature"], hmac("sha256", secret, request.body)),
)
