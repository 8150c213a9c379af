"""A service that stands still for a moment now and then, under clients that keep a gateway busy: are requests lost?"""

import os
import signal
import threading
import time
from contextlib import ExitStack

from harness import gateways, processes, sidebyside
from harness.sidebyside import Shape, say
from harness.suite import Goal, Result, started

PAUSE = 0.05
"""Seconds for which the service stands still."""

EVERY = 2.0
"""Seconds from one of these times to the next."""


class Paused(Shape):
    """A load during which the service of the process `pid` stands still now and then."""

    def __init__(self, pid, connections):
        super().__init__(connections=connections)
        self.pid = pid
        self.pauses = 0

    def run(self, gateway, seconds):
        over = threading.Event()
        pausing = threading.Thread(target=self.pause, args=(over,))
        pausing.start()
        try:
            return super().run(gateway, seconds)
        finally:
            over.set()
            pausing.join()

    def pause(self, over):
        # Not at the very beginning, which is when connections are made.
        wait = EVERY / 2
        while not over.wait(wait):
            os.kill(self.pid, signal.SIGSTOP)
            try:
                time.sleep(PAUSE)
            finally:
                os.kill(self.pid, signal.SIGCONT)
            self.pauses += 1
            wait = EVERY


def run(options):
    """1,000 connections, as fast as each gateway can: it is as late as it ever gets, and the service is well."""
    seconds = max(3 * options.seconds, 4)
    with ExitStack() as stack:
        service = stack.enter_context(processes.Upstream())
        made = started(stack, gateways.Tidegate(service.port, "io_uring"), gateways.Tidegate(service.port, "epoll"),
                       gateways.Nginx(service.port), gateways.HAProxy(service.port))
        for gateway in made:
            sidebyside.warm(gateway, Shape(), gateway.warm_up * options.warm_up_factor)
        say(f"  {PAUSE * 1000:.0f} ms every {EVERY:.0f} s, in rounds of {seconds} s")
        shape = Paused(service.process.pid, 1000)
        rounds = sidebyside.compare(made, shape, options.rounds, seconds,
                                    lambda gateway: gateway.warm_up * options.warm_up_factor / 2)
    rows = sidebyside.tabulate(rounds)
    return [Result(f"pauses: 1,000 connections, a service that stands still for {PAUSE * 1000:.0f} ms every {EVERY:.0f} s",
                   sidebyside.table(rows), {"rounds": rounds, "rows": rows},
                   [Goal(f"pauses: {name}, requests that failed", rows[f"tidegate-{name}"]["failed"], 0)
                    for name in ("io_uring", "epoll")]
                   + [Goal("pauses: pauses in each round", shape.pauses / len(made) / options.rounds, 1, at_least=True)])]
