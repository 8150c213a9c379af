"""Idle connections: what each takes of a gateway's memory."""

import subprocess
import sys
import time
from contextlib import ExitStack

from harness import load, machine, processes
from harness.suite import started


def most(wanted):
    """So many connections, or as many as the limit of open files allows."""
    # Gateways keep two fifths and more of their files for connections to services.
    return min(wanted, int(0.44 * processes.raise_file_limit()))


def plain(path=None):
    """Connections without TLS; with a path, each of them is used once."""
    def command(gateway, count):
        return [machine.NATIVE / "idle", "-n", count, *(["-r", path] if path else []), f"127.0.0.1:{gateway.port}"]

    return command


def opened(stack, gateway, command):
    """Opens idle connections and keeps them until the stack is left; returns the process that holds them."""
    process = stack.enter_context(subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE,
                                                   stdout=subprocess.PIPE, text=True))
    if not process.stdout.readline().startswith("open"):
        sys.exit(f"{gateway.name}: the connections could not be opened\n{gateway.log.read_text()[-2000:]}")
    return process


def hold(make, connections, command, scheme="http"):
    """Resident memory per idle connection in KiB, and how many the gateway closed.

    The first half of the connections fills what the process has free already; the second half is what counts.
    `command` tells for a gateway and a number of connections what opens and holds them.
    """
    half = connections // 2
    with ExitStack() as stack:
        gateway = started(stack, make())[0]
        load.wrk(gateway.port, "/small", 64, 5, scheme=scheme)
        held, sizes = [], []
        for _ in range(2):
            held.append(opened(stack, gateway, command(gateway, half)))
            time.sleep(1)
            gateway.settle()
            sizes.append(gateway.rss_mib())
        closed = sum(int(process.communicate("")[0].split()[1]) for process in held)
    return (sizes[1] - sizes[0]) * 1024 / half, closed
