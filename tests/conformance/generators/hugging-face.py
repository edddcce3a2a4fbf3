# packages: huggingface_hub==2.4.0 fastapi==0.165.0
import asyncio
import json
from urllib.parse import parse_qs, urlsplit

from cases import same, suite

from fastapi import Request as FastApiRequest
from huggingface_hub._webhooks_server import _load_fastapi, _wrap_webhook_to_check_secret

_load_fastapi()  # as WebhooksServer does, which wants gradio too

URL = "https://hooks.example.com/in/hugging-face"
SECRET = "5f1c2e8a3b1d4b0e9b550d6a2c9a7e10"
REPO = {"type": "model", "name": "openai-community/gpt2", "id": "621ffdc036468d709f17434d", "private": False,
        "url": {"web": "https://huggingface.co/openai-community/gpt2"}, "owner": {"id": "628b753283ef59b5be89e937"}}
HOOK = {"id": "6390e855e30d9209411de93b", "version": 3}


def event(scope, action, **more):
    return json.dumps({"event": {"action": action, "scope": scope}, "repo": REPO, **more, "webhook": HOOK})


def accepts(request, secret, now):
    query = parse_qs(urlsplit(request.url).query)
    if "secret" in query:  # a URL with the secret in it, which the package does not know
        return same(query["secret"][0], secret)
    headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
    endpoint = _wrap_webhook_to_check_secret(lambda: "taken", secret)
    return asyncio.run(endpoint(request=FastApiRequest({"type": "http", "headers": headers}))) == "taken"


suite(
    provider="hugging-face",
    by="huggingface_hub==2.4.0 WebhooksServer (_wrap_webhook_to_check_secret)",
    config={"secrets": [SECRET]},
    bodies=[
        {"name": "valid", "type": "discussion.create", "body": event("discussion", "create", discussion={
            "id": "6399f58518721fdd27fc9ca9", "title": "Update co2 emissions", "num": 19, "status": "open", "isPullRequest": True})},
        {"name": "valid-repo-content", "type": "repo.content.update", "body": event("repo.content", "update", updatedRefs=[
            {"ref": "refs/heads/main", "oldSha": "ce9a4674fa833a68d5a73ec355f0ea95eedd60b7", "newSha": "575db8b7a51b6f85eb06eee540738584589f131c"}])},
    ],
    sign=lambda request, secret, now: request.headers.update({"x-webhook-secret": secret}),
    accepts=accepts,
    # A token covers nothing of what is sent.
    covers=[],
    long_body=500,
    extra=[
        {"case": "valid-query", "expect": "accept", "type": "repo.update", "body": event("repo", "update"), "url": f"{URL}?secret={SECRET}"},
        {"case": "wrong-query", "expect": "reject", "body": event("repo", "update"), "url": f"{URL}?secret=6a1c2e8a3b1d4b0e9b550d6a2c9a7e11"},
    ],
)
