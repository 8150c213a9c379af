"""The gateway's admin listener."""

import json
import time
import urllib.error
import urllib.request


def call(gateway, method, path):
    """Calls a resource; returns status, answer and seconds."""
    request = urllib.request.Request(f"http://127.0.0.1:{gateway.admin}{path}", method=method,
                                     data=b"" if method != "GET" else None,
                                     headers={"Authorization": f"Bearer {gateway.token}"})
    begin = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            body, status = answer.read(), answer.status
    except urllib.error.HTTPError as failure:
        body, status = failure.read(), failure.code
    seconds = time.monotonic() - begin
    try:
        return status, json.loads(body), seconds
    except ValueError:
        return status, body.decode(errors="replace"), seconds


def reload(gateway):
    """Reloads; returns the answer and seconds, or fails."""
    status, answer, seconds = call(gateway, "POST", "/reload")
    if status != 200:
        raise RuntimeError(f"the reload was answered {status}: {answer}")
    return answer, seconds
