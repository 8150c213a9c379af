"""The side-by-side measurement: interleaved rounds, CPU time per proxied request."""

import sys
import time

from harness import load, machine, stats


def say(text):
    print(text, file=sys.stderr, flush=True)


class Shape:
    """A kind of load: a path or a script for wrk, over so many connections; or, with `streams`, so many requests at a
    time on each of them by HTTP/2; these are calls of gRPC where there is a `body`, the file of their message."""

    share = 1.0
    """How many of them a quiet machine serves in the time of one plain request: what a warm-up goes on for."""

    def __init__(self, path="/small", connections=64, script=None, scheme="http", streams=0, body=None,
                 unit="request"):
        self.unit = unit
        self.path = path
        self.connections = connections
        self.script = script
        self.scheme = scheme
        self.streams = streams
        self.body = body

    def run(self, gateway, seconds):
        if self.body:
            return load.h2load_calls(gateway.port, self.path, self.body, self.connections, self.streams, seconds)
        if self.streams:
            return load.h2load(gateway.port, self.path, self.connections, self.streams, seconds)
        return load.wrk(gateway.port, self.path, self.connections, seconds, self.script, self.scheme)


class Program:
    """A kind of load by a program of its own: a function of the gateway and the seconds that returns what it counted.

    What is counted is called `unit`; `share` is as in Shape, and 0.1 says that a tenth as many of them are served.
    """

    def __init__(self, unit, function, share=1.0):
        self.unit = unit
        self.run = function
        self.share = share


def measure(gateway, shape, seconds):
    """One short run of the load against one gateway."""
    before = gateway.cpu_nanos()
    result = shape.run(gateway, seconds)
    cpu = gateway.cpu_nanos() - before
    result["cpuMicros"] = cpu / result["requests"] / 1000 if result["requests"] else None
    result["cpuShare"] = cpu / 1e9 / seconds
    result["rssMiB"] = gateway.rss_mib()
    result["load"] = machine.load_average()
    return result


# Seconds for which a warm-up goes on over the same connections. Rounds make their own: a compiler that has seen none made for
# half a minute takes it that there are none, and has to begin anew when the first round comes.
WARM_UP_PIECE = 2


def warm(gateway, shape, seconds):
    """Runs for `seconds`, and on until as many requests were served as a quiet machine serves in that time.

    A just-in-time compiler counts calls, not seconds: on a busy machine it needs longer. At most five times as long.
    """
    wanted = gateway.warm_up_rate * shape.share * seconds
    piece = min(seconds, WARM_UP_PIECE)
    least = seconds
    for _ in range(round(5 * seconds / piece)):
        wanted -= shape.run(gateway, piece)["requests"]
        least -= piece
        if wanted <= 0 and least <= 0:
            return
    say(f"  {gateway.name} is not warm: {wanted:.0f} requests fewer than it should have served")


def compare(gateways, shape, rounds, seconds, warm_up):
    """Measures every gateway once per round, in an order that rotates; returns the results by name.

    `warm_up` gives the seconds for a gateway before the first round.
    """
    for gateway in gateways:
        length = warm_up(gateway)
        say(f"  warming up {gateway.name} for {length:.0f} s or more")
        warm(gateway, shape, length)
    results = {gateway.name: [] for gateway in gateways}
    for number in range(rounds):
        shift = number % len(gateways)
        for gateway in gateways[shift:] + gateways[:shift]:
            result = measure(gateway, shape, seconds)
            results[gateway.name].append(result)
            say(f"  round {number + 1}: {gateway.name:28} {result['cpuMicros'] or 0:7.2f} us/{shape.unit} "
                f"{result['perSecond']:8.0f}/s  p99 {result['p99']:.2f} ms  failed {result['failed']}  "
                f"load {result['load']:.1f}")
            time.sleep(0.2)
    return results


def series(results, name, field):
    return [result[field] for result in results[name]]


def tabulate(results, base="nginx", second="haproxy"):
    """Per gateway: medians, ranges, and the ratios to `base` and `second` in the same round."""
    rows = {}
    for name in results:
        row = {field: stats.summary(series(results, name, field))
               for field in ("cpuMicros", "perSecond", "p50", "p99", "rssMiB", "load")}
        row["failed"] = sum(series(results, name, "failed"))
        for label, other in (("ratio", base), ("secondRatio", second)):
            if other in results:
                row[label] = stats.summary(stats.ratios(series(results, name, "cpuMicros"),
                                                        series(results, other, "cpuMicros")))
        rows[name] = row
    return rows


def spread(value, digits=2):
    if value is None:
        return "–"
    return f"{value['median']:.{digits}f} [{value['min']:.{digits}f}–{value['max']:.{digits}f}]"


def table(rows, base="nginx", second="haproxy", unit="request"):
    """The rows as Markdown."""
    lines = [f"| gateway | rounds | CPU µs per {unit} | ratio to {base} | ratio to {second} | {unit}s/s | p50 ms "
             "| p99 ms | RSS MiB | failed |", "|---|---|---|---|---|---|---|---|---|---|"]
    for name, row in rows.items():
        lines.append(f"| {name} | {row['cpuMicros']['n']} | {spread(row['cpuMicros'], 1)} | {spread(row.get('ratio'))} "
                     f"| {spread(row.get('secondRatio'))} | {row['perSecond']['median']:.0f} "
                     f"| {row['p50']['median']:.2f} | {row['p99']['median']:.2f} | {row['rssMiB']['median']:.0f} "
                     f"| {row['failed']} |")
    return "\n".join(lines)
