"""What it costs to find out who calls: a remembered token with a decision on access, and a key among a million. And
whether the time of a refusal tells how much of a key was right.

HAProxy, which can check tokens too, checks the same one with jwt_verify; it remembers none.
"""

import base64
import hashlib
import json
import random
import socket
import string
import subprocess
import time
from contextlib import ExitStack

from harness import gateways, machine, sidebyside, stats
from harness.sidebyside import Shape
from harness.suite import Goal, Result, started, upstream

ISSUER = "https://id.example.com"
KEYS = 1_000_000
ROUNDS = 30
DAY = 86_400


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def key_pair():
    """Files of a private and a public RSA key, in PEM."""
    private, public = machine.TARGET / "token-key.pem", machine.TARGET / "token-key.pub.pem"
    if not public.is_file():
        machine.TARGET.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
                        "-out", private], check=True, capture_output=True)
        subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


def token(private):
    """A token of RS256 that is good for a day."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "acme-backend", "aud": "orders", "scope": "orders.read orders.write",
              "iat": now, "nbf": now, "exp": now + DAY, "jti": "5f0c1c52-6f0e-4a43-9c3a-2b5d6f7e8a90"}
    signed = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", private], input=signed.encode(), check=True,
                               capture_output=True).stdout
    return f"{signed}.{base64url(signature)}"


def api_key(number):
    return f"bench-key-{number:032d}"


def script(name, headers):
    """A script for wrk that sends these header fields; returns the file."""
    file = machine.TARGET / f"{name}.lua"
    file.write_text("\n".join(f'wrk.headers["{field}"] = "{value}"' for field, value in headers.items()) + "\n")
    return file


def config(name, policies, more=""):
    """The plain configuration with these policies on its route; returns the file."""
    file = machine.TARGET / f"{name}.yaml"
    plain = (machine.BENCH / "configs" / "plain.yaml").read_text()
    route = "everything: { upstream: service }"
    if route not in plain:
        raise RuntimeError("plain.yaml has another route than before")
    file.write_text(plain.replace(route, f"everything: {{ upstream: service, policies: [{policies}] }}") + more)
    return file


def consumers(count):
    file = machine.TARGET / "api-keys.txt"
    with file.open("w") as out:
        for number in range(count):
            out.write(hashlib.sha256(api_key(number).encode()).hexdigest() + "\n")
    return f"consumers:\n  bench: {{ apiKeysFile: \"{file}\" }}\n"


class CheckingHAProxy(gateways.HAProxy):
    """HAProxy that checks a token: its algorithm, signature, issuer, audience, time and scope."""

    def __init__(self, upstream_port, public):
        super().__init__(upstream_port, "haproxy-jwt")
        self.public = public

    def command(self):
        command = super().command()
        file = self.folder / "haproxy.cfg"
        checks = f"""
    http-request set-var(txn.token) http_auth_bearer
    http-request set-var(txn.alg) var(txn.token),jwt_header_query('$.alg')
    http-request set-var(txn.iss) var(txn.token),jwt_payload_query('$.iss')
    http-request set-var(txn.aud) var(txn.token),jwt_payload_query('$.aud')
    http-request set-var(txn.exp) var(txn.token),jwt_payload_query('$.exp','int')
    http-request set-var(txn.scope) var(txn.token),jwt_payload_query('$.scope')
    http-request set-var(txn.now) date()
    http-request deny deny_status 401 unless {{ var(txn.alg) -m str RS256 }}
    http-request deny deny_status 401 unless {{ var(txn.iss) -m str {ISSUER} }}
    http-request deny deny_status 401 unless {{ var(txn.aud) -m str orders }}
    http-request deny deny_status 401 unless {{ var(txn.token),jwt_verify(txn.alg,"{self.public}") -m int 1 }}
    http-request deny deny_status 401 if {{ var(txn.exp),sub(txn.now) -m int lt 0 }}
    http-request deny deny_status 403 unless {{ var(txn.scope) -m sub orders.read }}
"""
        text = file.read_text()
        file.write_text(text.replace("    default_backend service\n", checks + "    default_backend service\n"))
        return command


def compared(rounds, before, after):
    """The median of the ratios of two gateways in the same rounds, with its interval."""
    ratios = stats.ratios(sidebyside.series(rounds, after, "cpuMicros"), sidebyside.series(rounds, before, "cpuMicros"))
    low, high = stats.bootstrap_median(ratios)
    return {"ratio": stats.median(ratios), "low": low, "high": high, "rounds": len(ratios)}


def measure(options, title, shape, bound, make, pairs):
    rounds_wanted = max(options.rounds, ROUNDS)
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, *make(port))
        rounds = sidebyside.compare(made, shape, rounds_wanted, options.seconds,
                                    lambda gateway: gateway.warm_up * options.warm_up_factor)
    rows = sidebyside.tabulate(rounds, pairs[0][0], pairs[0][0])
    text = [sidebyside.table(rows, pairs[0][0], pairs[0][0]), "", "| compared | ratio | 95 % interval |", "|---|---|---|"]
    figures = {}
    for before, after in pairs:
        figure = compared(rounds, before, after)
        figures[f"{after} ÷ {before}"] = figure
        text.append(f"| {after} ÷ {before} | {figure['ratio']:.3f} | {figure['low']:.3f}–{figure['high']:.3f} |")
    before, after = pairs[0]
    goal = Goal(f"{title}: CPU per request ÷ without", figures[f"{after} ÷ {before}"]["ratio"], bound)
    return Result(f"{title}: 128-byte responses, 64 connections", "\n".join(text),
                  {"rounds": rounds, "rows": rows, "figures": figures}, [goal])


def run_token(options):
    """A remembered token and a decision by scope, against none of both, and against HAProxy's jwt_verify."""
    private, public = key_pair()
    checked = config("jwt", f"""
      {{ jwt: {{ issuer: "{ISSUER}", audience: orders, keysFile: "{public}", algorithms: [RS256] }} }},
      {{ authorize: {{ scopes: [orders.read] }} }}""")
    shape = Shape(script=script("jwt", {"Authorization": f"Bearer {token(private)}"}))
    return [measure(options, "jwt and authorize", shape, 1.08,
                    lambda port: [gateways.Tidegate(port, "io_uring", "plain"),
                                  gateways.Tidegate(port, "io_uring", "jwt", checked),
                                  gateways.HAProxy(port), CheckingHAProxy(port, public)],
                    [("plain", "jwt"), ("haproxy", "haproxy-jwt"), ("haproxy-jwt", "jwt")])]


def run_keys(options):
    """A key among a million, against none."""
    checked = config("api-keys", "{ apiKey: {} }", consumers(KEYS))
    shape = Shape(script=script("api-keys", {"X-Api-Key": api_key(KEYS // 2)}))
    return [measure(options, f"apiKey of {KEYS:,}", shape, 1.03,
                    lambda port: [gateways.Tidegate(port, "io_uring", "plain"),
                                  gateways.Tidegate(port, "io_uring", "api-keys", checked)],
                    [("plain", "api-keys")])]


def near():
    """A key that is right but for its last character."""
    return api_key(random.randrange(KEYS))[:-1] + random.choice(string.ascii_letters)


def far():
    """A key of the same length of which nothing is right."""
    return "".join(random.choices(string.ascii_letters + string.digits, k=len(api_key(0))))


def refused_in(connection, key):
    """Nanoseconds that it takes to be refused with this key."""
    request = f"GET /small HTTP/1.1\r\nHost: bench\r\nX-Api-Key: {key}\r\n\r\n".encode()
    begin = time.perf_counter_ns()
    connection.sendall(request)
    answer = connection.recv(65_536)
    taken = time.perf_counter_ns() - begin
    if not answer.startswith(b"HTTP/1.1 401 "):
        raise RuntimeError(f"no refusal: {answer[:200]!r}")
    return taken


def run_timing(options):
    """A million wrong keys: is one that is nearly right refused in another time than one that is not?"""
    tries = 20_000 if options.quick else 1_000_000
    checked = config("key-timing", "{ apiKey: {} }", consumers(KEYS))
    kinds = {"nearly right": [near() for _ in range(1000)], "all wrong": [far() for _ in range(1000)]}
    times = {kind: [] for kind in kinds}
    order = list(kinds)
    with ExitStack() as stack:
        made = started(stack, gateways.Tidegate(upstream(stack), "io_uring", "key-timing", checked))
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", made[0].port)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for count in range(-tries // 20, tries):
            kind = random.choice(order)
            taken = refused_in(connection, random.choice(kinds[kind]))
            if count >= 0:
                times[kind].append(taken)
    # What takes longest was interrupted.
    longest = sorted(taken for kind in order for taken in times[kind])[tries * 9 // 10]
    kept = {kind: [taken for taken in times[kind] if taken < longest] for kind in order}
    told = stats.welch(*kept.values())
    text = ["| key | tries | mean µs | median µs |", "|---|---|---|---|"]
    for kind in order:
        text.append(f"| {kind} | {len(times[kind]):,} | {stats.mean(kept[kind]) / 1000:.3f} "
                    f"| {stats.median(times[kind]) / 1000:.3f} |")
    text += ["", f"Means of the shortest nine tenths; Welch's t of them is {told:.2f}."]
    return [Result("wrong keys: does the time of a refusal tell anything?", "\n".join(text),
                   {"t": told, "tries": {kind: len(times[kind]) for kind in order}},
                   [Goal("wrong keys: |t| of nearly right against all wrong", abs(told), 4.5)])]
