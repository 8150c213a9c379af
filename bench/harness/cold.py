"""A gateway that was just started is given its share of the traffic: what happens in its first seconds?"""

import time
from contextlib import ExitStack

from harness import admin, gateways, load, stats
from harness.sidebyside import say, spread
from harness.suite import Goal, Result, started, upstream

RATE = 3000
"""Requests that are due each second: a busy service's, and a twentieth of what a warm gateway can do on one processor."""

SECONDS = 3


def ready(gateway, begin):
    """Waits until the gateway says that traffic should come; returns the seconds since `begin`."""
    if isinstance(gateway, gateways.Tidegate):
        while admin.call(gateway, "GET", "/ready")[0] != 200:
            time.sleep(0.02)
    return time.monotonic() - begin


def first_seconds(make, waits):
    """Starts a gateway; returns when it was ready, and what came of each of its first seconds."""
    with ExitStack() as stack:
        begin = time.monotonic()
        gateway = started(stack, make())[0]
        after = ready(gateway, begin) if waits else time.monotonic() - begin
        return {"ready": after, "seconds": [load.clients(gateway, RATE, 1, warm_up=0)["other"] for _ in range(SECONDS)]}


def turned_away(second):
    return sum(second[outcome] for outcome in ("shed", "late", "lost", "broken"))


def cells(rounds, number):
    """Of one of the seconds: how many requests did not succeed, and p99."""
    seconds = [one["seconds"][number] for one in rounds]
    return (f"{spread(stats.summary([turned_away(second) for second in seconds]), 0)} "
            f"| {spread(stats.summary([second['p99'] / 1000 for second in seconds]))}")


def run(options):
    with ExitStack() as stack:
        port = upstream(stack)
        made = {
            "io_uring": (lambda: gateways.Tidegate(port, "io_uring"), True),
            "epoll": (lambda: gateways.Tidegate(port, "epoll"), True),
            "io_uring, not waiting for /ready": (lambda: gateways.Tidegate(port, "io_uring"), False),
            "nginx": (lambda: gateways.Nginx(port), False),
            "haproxy": (lambda: gateways.HAProxy(port), False),
        }
        rounds = {name: [] for name in made}
        for number in range(options.rounds):
            for name, (make, waits) in made.items():
                result = first_seconds(make, waits)
                rounds[name].append(result)
                say(f"  round {number + 1}: {name:32} ready after {result['ready']:.2f} s; not answered with 200: "
                    f"{[turned_away(second) for second in result['seconds']]}")
    lines = ["| gateway | ready after s | " + " | ".join(f"second {n + 1}: not served | p99 ms" for n in range(SECONDS))
             + " |", "|---" * (2 + 2 * SECONDS) + "|"]
    for name, results in rounds.items():
        lines.append(f"| {name} | {spread(stats.summary([one['ready'] for one in results]))} | "
                     + " | ".join(cells(results, number) for number in range(SECONDS)) + " |")
    return [Result(f"cold: {RATE} requests a second from a process that was just started, on one processor",
                   "\n".join(lines), {"rounds": rounds},
                   [Goal(f"cold: {name}, requests that were not served once it was ready",
                         sum(turned_away(second) for one in rounds[name] for second in one["seconds"]), 0)
                    for name in ("io_uring", "epoll")])]
