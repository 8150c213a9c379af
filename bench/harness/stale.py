"""A service that closes idle connections just when they are used again: are requests lost?"""

import time
from contextlib import ExitStack

from harness import admin, gateways, processes, sidebyside
from harness.sidebyside import Shape, say
from harness.suite import Goal, Result, started

REQUESTS = 1_000_000
"""Requests that each of our transports has to serve; the others get a tenth."""

CONNECTIONS = 64
PIECE = 5
MOST_PIECES = 100

# Clients come again about when the service closes the connection that their last request went over.
SCRIPT = """
function delay()
    return math.random(0, 2)
end
"""


def run(options):
    """A million requests, each about a millisecond after the one before, to a service that waits for a millisecond."""
    with ExitStack() as stack:
        port = stack.enter_context(processes.Upstream(option="-i")).port
        made = started(stack, gateways.Tidegate(port, "io_uring"), gateways.Tidegate(port, "epoll"),
                       gateways.Nginx(port), gateways.HAProxy(port))
        results = {}
        for gateway in made:
            ours = gateway.name.startswith("tidegate")
            script = gateway.folder / "pause.lua"
            script.write_text(SCRIPT)
            wanted = int(REQUESTS * options.warm_up_factor) if ours else REQUESTS // 10
            results[gateway.name] = serve(gateway, Shape(connections=CONNECTIONS, script=script), wanted)
            if ours:
                results[gateway.name].update(connections(gateway))
            say(f"  {gateway.name:24} {results[gateway.name]}")
    return [report(results)]


def serve(gateway, shape, wanted):
    """Runs until so many requests were sent."""
    requests, failed = 0, 0
    for _ in range(MOST_PIECES):
        result = sidebyside.measure(gateway, shape, PIECE)
        requests += result["requests"]
        failed += result["failed"]
        if requests >= wanted:
            break
        time.sleep(0.2)
    return {"requests": requests, "failed": failed}


def counted(gateway, name):
    """The sum of all series of a counter."""
    _, text, _ = admin.call(gateway, "GET", "/metrics")
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name + "{"))


def connections(gateway):
    """How often the service was met with a connection that it had just closed: what a run without failures is worth."""
    return {"connects": counted(gateway, "tidegate_upstream_connects_total"),
            "broken": counted(gateway, "tidegate_upstream_faults_total")}


def report(results):
    lines = ["Each request comes 0 to 2 ms after the answer before; the service closes what has asked for nothing for 1 ms.", "",
             "| gateway | requests | failed | connections made | tries that broke |", "|---|---|---|---|---|"]
    for name, row in results.items():
        made, broken = (f"{row[field]:.0f}" if field in row else "–" for field in ("connects", "broken"))
        lines.append(f"| {name} | {row['requests']} | {row['failed']} | {made} | {broken} |")
    return Result("stale: a service that closes connections just when they are used again", "\n".join(lines), results,
                  [Goal(f"stale: {name}, requests that failed", results[f"tidegate-{name}"]["failed"], 0)
                   for name in ("io_uring", "epoll")]
                  + [Goal("stale: io_uring, tries that met a closed connection, of a thousand requests",
                          1000 * results["tidegate-io_uring"]["broken"] / results["tidegate-io_uring"]["requests"], 10,
                          at_least=True)])
