"""Connections over TLS: what their handshakes cost, with and without a session to resume, and what holding them costs."""

from contextlib import ExitStack

from harness import gateways, idle, load, machine, sidebyside, stats
from harness.sidebyside import Program, say
from harness.suite import Goal, Result, ratio, started, upstream

CONNECTIONS = 16
"""At a time."""

PAGE = "/small"


def compared(options, *client_options):
    """Connections with one request each, side by side."""
    machine.require("openssl")
    machine.tls_client()
    config = machine.BENCH / "configs" / "tls.yaml"
    program = Program("connection",
                      lambda gateway, seconds: load.handshakes(gateway.port, seconds, CONNECTIONS, *client_options),
                      share=0.03)
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring", config=config),
                       gateways.Tidegate(port, "epoll", config=config), gateways.Nginx(port, secure=True),
                       gateways.HAProxy(port, secure=True))
        return sidebyside.compare(made, program, options.rounds, options.seconds,
                                  lambda gateway: gateway.warm_up * options.warm_up_factor)


def table(rounds, rows):
    """The rows, and below them how many a second of CPU time makes and how many sessions were resumed."""
    lines = [sidebyside.table(rows, unit="connection"), "", "| gateway | connections per second of CPU time "
             "| connections | resumed |", "|---|---|---|---|"]
    for name, results in rounds.items():
        made = sum(result["requests"] for result in results)
        resumed = sum(result["resumed"] for result in results)
        lines.append(f"| {name} | {1e6 / rows[name]['cpuMicros']['median']:.0f} | {made} | {resumed} |")
    return "\n".join(lines)


def per_cpu_second(rows, name):
    """How many times the connections of nginx a second of CPU time makes."""
    cost = ratio(rows, name)
    return 1 / cost if cost else None


def run_handshakes(options):
    """Full handshakes of TLS 1.3."""
    rounds = compared(options)
    rows = sidebyside.tabulate(rounds)
    resumed = sum(result["resumed"] for results in rounds.values() for result in results)
    goals = [Goal("handshakes: io_uring, connections per CPU second ÷ nginx", per_cpu_second(rows, "tidegate-io_uring"),
                  0.9, at_least=True),
             Goal("handshakes: sessions that were resumed", resumed, 0)]
    return [Result("handshakes: TLS 1.3, ECDSA on P-256, X25519, nothing resumed; a new connection for each request",
                   table(rounds, rows), {"rounds": rounds, "rows": rows}, goals)]


def run_resumption(options):
    """Handshakes of TLS 1.3 that resume a session by its ticket."""
    rounds = compared(options, "-r")
    rows = sidebyside.tabulate(rounds)
    # The first connection of each place has nothing to resume.
    shares = {name: sum(result["resumed"] for result in results)
              / max(1, sum(result["requests"] - CONNECTIONS for result in results)) for name, results in rounds.items()}
    goals = [Goal("resumption: io_uring, connections per CPU second ÷ nginx", per_cpu_second(rows, "tidegate-io_uring"),
                  0.9, at_least=True)]
    goals += [Goal(f"resumption: {name}, share of connections that resumed, of those that could", shares[name], 1.0,
                   at_least=True) for name in shares if name.startswith("tidegate")]
    return [Result("resumption: TLS 1.3 from tickets, with X25519; a new connection for each request",
                   table(rounds, rows), {"rounds": rounds, "rows": rows, "shares": shares}, goals)]


def run_idle(options):
    """Resident memory of each idle connection over TLS."""
    machine.require("openssl")
    client = machine.tls_client()
    config = machine.BENCH / "configs" / "tls.yaml"
    count = idle.most(10_000)
    with ExitStack() as stack:
        port = upstream(stack)
        made = {"tidegate-io_uring": lambda: gateways.Tidegate(port, "io_uring", config=config),
                "tidegate-epoll": lambda: gateways.Tidegate(port, "epoll", config=config),
                "nginx": lambda: gateways.Nginx(port, secure=True),
                "haproxy": lambda: gateways.HAProxy(port, secure=True)}
        results = {name: [] for name in made}
        for number in range(min(options.rounds, 3)):
            for name, make in made.items():
                results[name].append(held(make, client, count))
                say(f"  round {number + 1}: {name:24} {describe(results[name][-1])}")
    rows = {name: {field: stats.summary([value[field] for value in values])
                   for field in ("unusedKiB", "usedKiB", "closed")} for name, values in results.items()}
    lines = ["| gateway | rounds | KiB per connection, unused | KiB per connection, used once | closed |", "|---|---|---|---|---|"]
    for name, row in rows.items():
        lines.append(f"| {name} | {row['usedKiB']['n']} | {sidebyside.spread(row['unusedKiB'], 1)} "
                     f"| {sidebyside.spread(row['usedKiB'], 1)} | {row['closed']['max']} |")
    goals = [Goal(f"idle-tls: io_uring, resident KiB per connection, {text}", rows["tidegate-io_uring"][field]["median"], 20)
             for field, text in (("unusedKiB", "unused"), ("usedKiB", "used once"))]
    return [Result(f"idle-tls: resident memory of {count} idle connections over TLS 1.3", "\n".join(lines),
                   {"rounds": results, "rows": rows}, goals)]


def held(make, client, count):
    """KiB per connection: unused, and used once; and how many were closed."""
    row = {"closed": 0}
    for field, pages in (("unusedKiB", []), ("usedKiB", [PAGE])):
        def command(gateway, each, pages=pages):
            return [client, "-i", each, f"127.0.0.1:{gateway.port}", *pages]

        row[field], closed = idle.hold(make, count, command, "https")
        row["closed"] += closed
    return row


def describe(row):
    return f"unused {row['unusedKiB']:.1f} KiB, used {row['usedKiB']:.1f} KiB, closed {row['closed']}"
