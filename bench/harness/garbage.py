"""The pauses in which Java collects garbage: how long, how often, and does memory last?"""

import re
from contextlib import ExitStack

from harness import gateways, idle, load, sidebyside
from harness.sidebyside import Shape, say
from harness.suite import Goal, Result, started, upstream

HEAP = "256m"
CONNECTIONS = 5000
BODY = 64 * 1024

UPLOAD = f"""wrk.method = "POST"
wrk.body = string.rep("x", {BODY})
"""

PAUSE = re.compile(r"GC\(\d+\) Pause (\w+).*? ([\d.]+)ms")


class Watched(gateways.Tidegate):
    """One with a small heap, which writes down each of its pauses."""

    def environment(self):
        return {**super().environment(),
                "TIDEGATE_JAVA_OPTS": f"-Xmx{HEAP} -Xlog:gc:file={self.folder / 'gc.log'}:uptime"}

    def pauses(self):
        """Kind and milliseconds of each pause so far."""
        return [(kind, float(millis)) for kind, millis in PAUSE.findall((self.folder / "gc.log").read_text())]


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def shown(value):
    return "–" if value is None else f"{value:.2f}"


def run(options):
    """Small requests, and the bodies of thousands of clients at once, at a quarter of a gibibyte of heap."""
    seconds = max(options.rounds * options.seconds, 5)
    lines = ["| load | transport | requests/s | not served | pauses | of them full | p50 ms | p99 ms | p99.9 ms | max ms | "
             "of the time, percent |", "|---" * 11 + "|"]
    data, goals = {}, []
    with ExitStack() as stack:
        port = upstream(stack)
        for transport in ("io_uring", "epoll"):
            gateway = started(stack, Watched(port, transport))[0]
            script = gateway.folder / "upload.lua"
            script.write_text(UPLOAD)
            sidebyside.warm(gateway, Shape(), gateway.warm_up * options.warm_up_factor)
            for name, shape in (("128 bytes, 64 connections", Shape()),
                                (f"uploads of 64 KiB, {CONNECTIONS} connections",
                                 Shape(connections=idle.most(CONNECTIONS), script=script))):
                before = len(gateway.pauses())
                result = load.wrk(gateway.port, shape.path, shape.connections, seconds, shape.script)
                pauses = gateway.pauses()[before:]
                millis = [length for _, length in pauses]
                tail = quantile(millis, 0.999)
                say(f"  {transport}: {name}: {len(pauses)} pauses, p99.9 {shown(tail)} ms")
                lines.append(
                    f"| {name} | {transport} | {result['perSecond']:.0f} | {result['failed']} | {len(pauses)} "
                    f"| {sum(kind == 'Full' for kind, _ in pauses)} | {shown(quantile(millis, 0.5))} "
                    f"| {shown(quantile(millis, 0.99))} | {shown(tail)} | {shown(max(millis, default=None))} "
                    f"| {sum(millis) / seconds / 10:.2f} |")
                data[f"{transport}: {name}"] = {**result, "pauses": pauses}
                goals.append(Goal(f"garbage: {transport}, {name}, p99.9 of the pauses, ms", tail or 0.0, 10))
            goals.append(Goal(f"garbage: {transport} still runs", 1 if gateway.process.poll() is None else 0, 1, at_least=True))
    return [Result(f"garbage: pauses of the Java machine with a heap of {HEAP}, in {seconds} s of each load", "\n".join(lines),
                   data, goals)]
