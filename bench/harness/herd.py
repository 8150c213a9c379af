"""A herd: very many connections at once, and what those notice of it who were there before."""

import json
import subprocess
import time
from contextlib import ExitStack

from harness import gateways, idle, load, machine, processes, sidebyside, stats
from harness.sidebyside import say
from harness.suite import Goal, Result, ratio, started, upstream

CONNECTIONS = 10_000
BEFORE = 1.0
"""Seconds of a measurement until the herd comes."""

AFTER = 2.0
"""Seconds after a measurement, in which the herd goes."""


def run(options):
    """Latency at a third of nginx's peak, with and without 10,000 connections that come at once, each with a request."""
    count = idle.most(CONNECTIONS)
    seconds = BEFORE + 2 * options.seconds
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring"), gateways.Tidegate(port, "epoll"),
                       gateways.Nginx(port), gateways.HAProxy(port))
        for gateway in made:
            load.wrk(gateway.port, "/small", 64, gateway.warm_up * options.warm_up_factor)
            come_and_go(gateway, count)
        peak = stats.median(load.wrk(made[2].port, "/small", 64, options.seconds)["perSecond"] for _ in range(3))
        rate = round(peak / 3)
        say(f"  nginx's peak is {peak:.0f}/s, so the rate is {rate}/s; {count} connections")
        results = {gateway.name: [] for gateway in made}
        for number in range(options.rounds):
            shift = number % len(made)
            for gateway in made[shift:] + made[:shift]:
                result = measure(gateway, rate, seconds, count)
                results[gateway.name].append(result)
                say(f"  round {number + 1}: {gateway.name:24} {result}")
    return [report(results, rate, count)]


def measure(gateway, rate, seconds, count):
    """The same load without a herd and with one."""
    calm = load.open_loop(gateway.port, "/small", 64, rate, seconds, BEFORE)
    command = load.open_loop_command(gateway.port, "/small", 64, rate, seconds, BEFORE)
    dropped = machine.dropped_packets()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(BEFORE)
        with coming(gateway, count) as herd:
            came = json.loads(herd.stdout.readline())
            busy = load.read_open_loop(process.communicate()[0])
            dropped = machine.dropped_packets() - dropped
            herd.stdin.close()
    time.sleep(AFTER)
    return {"calm": calm["p99"], "herd": busy["p99"], "max": busy["max"], "failed": calm["failed"] + busy["failed"],
            "served": came["served"], "refused": came["refused"], "broken": came["broken"], "last": came["max"] / 1000,
            "dropped": dropped}


def coming(gateway, count):
    """Opens the connections, with a request on each; tells what became of them, and keeps them until it is told to end.

    It gets what nobody else needs of its processor, as if it ran on machines of its own.
    """
    command = ["chrt", "--idle", "0", "taskset", "-c", processes.LOAD_CPU, machine.NATIVE / "herd", "-n", count,
               f"127.0.0.1:{gateway.port}", "/small"]
    return subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def come_and_go(gateway, count):
    with coming(gateway, count) as herd:
        herd.stdout.readline()
        herd.stdin.close()


def report(results, rate, count):
    lines = [f"{rate} requests/s, a third of nginx's peak, on 64 connections; meanwhile {count} others come at once, with a "
             "request each. Latency counts from when a request was due, that of the herd from when it came.", "",
             "| gateway | rounds | p99 before, ms | with the herd, ms | × | longest, ms | failed "
             "| of the herd served | refused | broken | the last of it after ms | packets the kernel dropped |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|"]
    rows = {}
    for name, values in results.items():
        row = {field: stats.summary([value[field] for value in values])
               for field in ("calm", "herd", "max", "last", "dropped")}
        row["ratio"] = stats.summary([value["herd"] / value["calm"] for value in values])
        for field in ("failed", "served", "refused", "broken"):
            row[field] = sum(value[field] for value in values)
        rows[name] = row
        lines.append(f"| {name} | {len(values)} | {sidebyside.spread(row['calm'])} | {sidebyside.spread(row['herd'])} "
                     f"| {sidebyside.spread(row['ratio'])} | {sidebyside.spread(row['max'])} | {row['failed']} "
                     f"| {row['served']} | {row['refused']} | {row['broken']} | {sidebyside.spread(row['last'])} "
                     f"| {sidebyside.spread(row['dropped'], 0)} |")
    ours = rows["tidegate-io_uring"]
    return Result(f"herd: {count} connections at once", "\n".join(lines), {"rate": rate, "rounds": results, "rows": rows},
                  [Goal("herd: io_uring, p99 of those who were there ÷ before", ratio(rows, "tidegate-io_uring"), 2),
                   Goal("herd: io_uring, requests of those who were there that failed", ours["failed"], 0),
                   Goal("herd: io_uring, connections of the herd that broke", ours["broken"], 0)])
