"""HTTP/3: what a request by QUIC costs.

Debian's h2load speaks no HTTP/3, so the load generator is our own: bench/src/main/java/io/tidegate/bench/Http3Load.java.
It runs with the libraries that the gateway is packaged with. Nor do Debian's nginx and HAProxy speak it; nginx by HTTP/2
stands beside it, with the same connections, requests at a time and request fields.
"""

import json
import subprocess
from contextlib import ExitStack

from harness import gateways, load, machine, processes, sidebyside
from harness.sidebyside import Program
from harness.suite import Goal, Result, started, upstream

CONNECTIONS, STREAMS = 8, 16
PATH = "/small"


class Client:
    """The load generator: one process for all measurements of a suite, so that it is warm."""

    def __init__(self):
        libraries = f"{machine.ROOT}/app/target/tidegate/lib/*"
        classes = machine.TARGET / "http3"
        source = machine.BENCH / "src/main/java/io/tidegate/bench/Http3Load.java"
        java = machine.java_home() / "bin"
        subprocess.run([java / "javac", "-proc:none", "-nowarn", "-d", classes, "-cp", libraries, source], check=True)
        self.process = subprocess.Popen(
            ["taskset", "-c", str(processes.LOAD_CPU), java / "java", "-XX:+UseSerialGC", "-Xmx256m",
             "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
             "-Dio.netty.leakDetection.level=disabled", "-cp", f"{classes}:{libraries}", "io.tidegate.bench.Http3Load"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        processes.stop(self.process)

    def run(self, gateway, seconds):
        """One measurement; latencies in milliseconds. Nginx is asked by HTTP/2."""
        if isinstance(gateway, gateways.Nginx):
            return load.h2load(gateway.port, PATH, CONNECTIONS, STREAMS, seconds)
        self.process.stdin.write(f"{gateway.port} {PATH} {CONNECTIONS} {STREAMS} {seconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the load generator for HTTP/3 has ended")
        return load.read_counts(json.loads(line))


def run(options):
    """Small responses by HTTP/3, and by nginx's HTTP/2."""
    machine.require("h2load", "openssl")
    config = machine.BENCH / "configs" / "http3.yaml"
    with ExitStack() as stack:
        port = upstream(stack)
        made = started(stack, gateways.Tidegate(port, "io_uring", config=config),
                       gateways.Tidegate(port, "epoll", config=config), gateways.Nginx(port, "nginx-h2", secure=True))
        client = stack.enter_context(Client())
        rounds = sidebyside.compare(made, Program("request", client.run, share=0.3), options.rounds, options.seconds,
                                    lambda gateway: gateway.warm_up * options.warm_up_factor)
    rows = sidebyside.tabulate(rounds, "nginx-h2", "tidegate-epoll")
    text = ("nginx is asked by HTTP/2 over TLS, as no peer here speaks HTTP/3; of it, p50 is the mean.\n\n"
            + sidebyside.table(rows, "nginx-h2", "tidegate-epoll"))
    failed = sum(rows[name]["failed"] for name in rows if name != "nginx-h2")
    return [Result(f"http3: 128-byte responses, {CONNECTIONS} connections with {STREAMS} requests at a time each", text,
                   {"rounds": rounds, "rows": rows},
                   [Goal("http3: requests that failed", failed, 0)])]
