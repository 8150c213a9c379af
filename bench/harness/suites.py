"""The suites: what is compared under which load, and the goals that their figures are held against.

Those of WebSocket and TCP are in relays.py, of handshakes and idle connections in connections.py, of a herd of them in
herd.py, of a process that was just started in cold.py, of a service that pauses in pauses.py, of one that closes
connections in stale.py, of what Java collects in garbage.py, of HTTP/3 in http3.py, of tokens and keys in identity.py.
"""

from contextlib import ExitStack

from harness import cold, connections, garbage, gateways, herd, http3, identity, load, pauses, processes, relays
from harness import routes, sidebyside, stale, stats
from harness.sidebyside import Shape, say
from harness.suite import Goal, Result, ratio, started, upstream


def run_loads(options, wanted):
    """small-64, 10k-64 and small-1000: the same processes under different load."""
    shapes = {
        "small-64": ("128-byte responses, 64 connections", "/small", 64, 0.80, 0.85),
        "10k-64": ("10 KiB responses, 64 connections", "/10k", 64, 0.75, None),
        "small-1000": ("128-byte responses, 1,000 connections", "/small", 1000, 0.70, None),
    }
    results = []
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring"), gateways.Tidegate(port, "epoll"),
                       gateways.Nginx(port), gateways.HAProxy(port))
        warm = set()

        def warm_up(gateway):
            first = gateway.name not in warm
            warm.add(gateway.name)
            return gateway.warm_up * options.warm_up_factor * (1 if first else 0.5)

        for name in (shape for shape in shapes if shape in wanted):
            title, path, connections, bound, haproxy_bound = shapes[name]
            say(name)
            rounds = sidebyside.compare(made, Shape(path, connections), options.rounds, options.seconds, warm_up)
            rows = sidebyside.tabulate(rounds)
            goals = [Goal(f"{name}: io_uring, CPU per request ÷ nginx", ratio(rows, "tidegate-io_uring"), bound),
                     Goal(f"{name}: epoll, CPU per request ÷ nginx", ratio(rows, "tidegate-epoll"), 0.95)]
            if haproxy_bound:
                goals.append(Goal(f"{name}: io_uring, CPU per request ÷ HAProxy",
                                  ratio(rows, "tidegate-io_uring", "secondRatio"), haproxy_bound))
            results.append(Result(f"{name}: {title}", sidebyside.table(rows), {"rounds": rounds, "rows": rows}, goals))
    return results


def run_secure(options, wanted):
    """tls-64 and h2-8x16: the same processes, by HTTP/1.1 and by HTTP/2 over TLS; HTTP/1.1 without TLS behind."""
    shapes = {
        "tls-64": ("128-byte responses over TLS 1.3, HTTP/1.1, 64 connections", Shape(scheme="https"), 0.72, None),
        "h2-8x16": ("128-byte responses over TLS 1.3, HTTP/2, 8 connections with 16 streams each",
                    Shape(connections=8, scheme="https", streams=16), 0.45, 0.80),
    }
    gateways.machine.require("h2load", "openssl")
    config = gateways.machine.BENCH / "configs" / "tls.yaml"
    results = []
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring", config=config),
                       gateways.Tidegate(port, "epoll", config=config), gateways.Nginx(port, secure=True),
                       gateways.HAProxy(port, secure=True))
        for name in (shape for shape in shapes if shape in wanted):
            title, shape, bound, haproxy_bound = shapes[name]
            say(name)
            rounds = sidebyside.compare(made, shape, options.rounds, options.seconds,
                                        lambda gateway: gateway.warm_up * options.warm_up_factor)
            rows = sidebyside.tabulate(rounds)
            goals = [Goal(f"{name}: io_uring, CPU per request ÷ nginx", ratio(rows, "tidegate-io_uring"), bound)]
            if haproxy_bound is not None:
                goals.append(Goal(f"{name}: io_uring, CPU per request ÷ HAProxy",
                                  ratio(rows, "tidegate-io_uring", "secondRatio"), haproxy_bound))
            results.append(Result(f"{name}: {title}", sidebyside.table(rows), {"rounds": rounds, "rows": rows}, goals))
    return results


def run_grpc(options):
    """Unary calls by HTTP/2 without TLS on both sides, against nginx's grpc_pass and HAProxy.

    Many at a time: nginx lets the message of each call wait until its head is acknowledged, which takes 40 ms and no CPU.
    """
    gateways.machine.require("h2load", "nghttp")
    config = gateways.machine.BENCH / "configs" / "grpc.yaml"
    body = gateways.machine.NATIVE / "call"
    body.write_bytes(processes.call_message(64))
    with ExitStack() as stack:
        port = stack.enter_context(processes.Upstream(option="-g")).port
        made = started(stack, gateways.Tidegate(port, "io_uring", config=config),
                       gateways.Tidegate(port, "epoll", config=config), gateways.Nginx(port, grpc=True),
                       gateways.HAProxy(port, grpc=True))
        rounds = sidebyside.compare(made, Shape("/bench.Echo/unary", 8, streams=64, body=body, unit="call"), options.rounds,
                                    options.seconds, lambda gateway: gateway.warm_up * options.warm_up_factor)
    rows = sidebyside.tabulate(rounds)
    return [Result("grpc: unary calls, 64 bytes there and 128 back, 8 connections with 64 calls each",
                   sidebyside.table(rows, unit="call"), {"rounds": rounds, "rows": rows},
                   [Goal("grpc: io_uring, CPU per call ÷ nginx", ratio(rows, "tidegate-io_uring"), 1.0)])]


def run_access_log(options):
    """With a line per request and metrics, against nginx with its log on."""
    config = gateways.machine.BENCH / "configs" / "accesslog.yaml"
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring", "tidegate-io_uring-log", config),
                       gateways.Tidegate(port, "epoll", "tidegate-epoll-log", config),
                       gateways.Nginx(port, "nginx-log", "FILE combined"),
                       gateways.Nginx(port, "nginx-log-buffered", "FILE combined buffer=64k flush=1s"),
                       gateways.Nginx(port, "nginx"))
        rounds = sidebyside.compare(made, Shape(), options.rounds, options.seconds,
                                    lambda gateway: gateway.warm_up * options.warm_up_factor)
    rows = sidebyside.tabulate(rounds, "nginx-log", "nginx-log-buffered")
    return [Result("accesslog: 128-byte responses, 64 connections, a log line per request and metrics",
                   sidebyside.table(rows, "nginx-log", "nginx-log-buffered"), {"rounds": rounds, "rows": rows},
                   [Goal("accesslog: io_uring, CPU per request ÷ nginx with access_log",
                         ratio(rows, "tidegate-io_uring-log"), 1.0)])]


def run_routes(options):
    """One route against 100,000 routes, asked for all over the table."""
    count = 100_000
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring", "1-route", routes.write_config(1)),
                       gateways.Tidegate(port, "io_uring", f"{count}-routes", routes.write_config(count)))
        rounds = sidebyside.compare(made, Shape(script=routes.write_requests(count)), max(options.rounds, 11),
                                    options.seconds, lambda gateway: gateway.warm_up * options.warm_up_factor)
    rows = sidebyside.tabulate(rounds, "1-route", "1-route")
    text = ("2,000 different requests, spread over the hosts and paths of the large table.\n\n"
            + sidebyside.table(rows, "1-route", "1-route"))
    return [Result("routes: the same requests through 1 route and through 100,000 routes", text,
                   {"rounds": rounds, "rows": rows},
                   [Goal("routes: CPU per request, 100,000 routes ÷ 1 route", ratio(rows, f"{count}-routes"), 1.05)])]


def run_latency(options):
    """Latency at half of nginx's peak, open-loop."""
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring"), gateways.Tidegate(port, "epoll"),
                       gateways.Nginx(port), gateways.HAProxy(port))
        for gateway in made:
            load.wrk(gateway.port, "/small", 64, gateway.warm_up * options.warm_up_factor)
        peak = stats.median(load.wrk(made[2].port, "/small", 64, options.seconds)["perSecond"] for _ in range(3))
        rate = round(peak / 2)
        say(f"  nginx's peak is {peak:.0f}/s, so the rate is {rate}/s")
        results = {gateway.name: [] for gateway in made}
        for number in range(options.rounds):
            shift = number % len(made)
            for gateway in made[shift:] + made[:shift]:
                result = load.open_loop(gateway.port, "/small", 64, rate, 2 * options.seconds, 1)
                results[gateway.name].append(result)
                say(f"  round {number + 1}: {gateway.name:24} p50 {result['p50']:.3f} p99 {result['p99']:.3f} "
                    f"max {result['max']:.1f} ms, failed {result['failed']}")
    lines = [f"Constant rate of {rate} requests/s, half of nginx's peak; latency counts from when a request was due.",
             "", "| gateway | rounds | p50 ms | p99 ms | p99.9 ms | p99 ÷ nginx | failed |", "|---|---|---|---|---|---|---|"]
    rows = {}
    for name, values in results.items():
        row = {field: stats.summary([value[field] for value in values]) for field in ("p50", "p99", "p999")}
        row["ratio"] = stats.summary(stats.ratios([value["p99"] for value in values],
                                                  [value["p99"] for value in results["nginx"]]))
        row["failed"] = sum(value["failed"] for value in values)
        rows[name] = row
        lines.append(f"| {name} | {len(values)} | {sidebyside.spread(row['p50'])} | {sidebyside.spread(row['p99'])} "
                     f"| {sidebyside.spread(row['p999'])} | {sidebyside.spread(row['ratio'])} | {row['failed']} |")
    return [Result("latency: 128-byte responses at half of nginx's peak", "\n".join(lines),
                   {"rate": rate, "rounds": results, "rows": rows},
                   [Goal("latency: io_uring, p99 ÷ nginx's", ratio(rows, "tidegate-io_uring"), 1.2)])]


def run_scg(options):
    """Against Spring Cloud Gateway."""
    gateways.build_spring_cloud_gateway()
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring"), gateways.Nginx(port),
                       gateways.SpringCloudGateway(port))
        rounds = sidebyside.compare(made, Shape(), options.rounds, options.seconds,
                                    lambda gateway: gateway.warm_up * options.warm_up_factor)
    rows = sidebyside.tabulate(rounds, "nginx", "tidegate-io_uring")
    return [Result("scg: Spring Cloud Gateway, 128-byte responses, 64 connections",
                   sidebyside.table(rows, "nginx", "tidegate-io_uring"), {"rounds": rounds, "rows": rows},
                   [Goal("scg: requests per CPU second ÷ Spring Cloud Gateway's",
                         ratio(rows, "spring-cloud-gateway", "secondRatio"), 9, at_least=True)])]


LOADS = ("small-64", "10k-64", "small-1000")
SECURE = ("tls-64", "h2-8x16")
OTHERS = {"grpc": run_grpc, "accesslog": run_access_log, "routes": run_routes, "latency": run_latency, "scg": run_scg,
          "websocket": relays.run_websocket, "tcp": relays.run_tcp, "handshakes": connections.run_handshakes,
          "resumption": connections.run_resumption, "herd": herd.run, "cold": cold.run, "pauses": pauses.run,
          "stale": stale.run, "garbage": garbage.run,
          "http3": http3.run, "idle-tls": connections.run_idle, "jwt": identity.run_token,
          "api-keys": identity.run_keys, "key-timing": identity.run_timing}
ALL = LOADS + SECURE + tuple(OTHERS)


def run(options, wanted):
    """Runs the wanted suites; yields their results."""
    if any(name in LOADS for name in wanted):
        yield from run_loads(options, wanted)
    if any(name in SECURE for name in wanted):
        yield from run_secure(options, wanted)
    for name, suite in OTHERS.items():
        if name in wanted:
            say(name)
            yield from suite(options)
