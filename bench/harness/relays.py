"""WebSocket and TCP: what it costs to hand bytes on, and to make a connection for them."""

import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from harness import gateways, load, machine, processes, sidebyside
from harness.sidebyside import Program, say
from harness.suite import Goal, Result, ratio, started

CONNECTIONS = 64
SIZE = 64
ECHO = ("-c", CONNECTIONS, "-s", SIZE)


class NginxStream(gateways.Gateway):
    """nginx with one worker that hands bytes on."""

    def __init__(self, upstream_port, name="nginx"):
        super().__init__(name, upstream_port)

    def command(self):
        config = self.folder / "nginx.conf"
        config.write_text(f"""
{load_stream_module()}
daemon off;
worker_processes 1;
worker_rlimit_nofile {2 * gateways.MAX_CONNECTIONS + 500};
pid {self.folder}/pid;
error_log {self.folder}/error.log;
events {{ worker_connections {2 * gateways.MAX_CONNECTIONS}; }}
stream {{
    access_log off;
    server {{
        listen 127.0.0.1:{self.port} backlog=4096;
        tcp_nodelay on;
        proxy_pass 127.0.0.1:{self.upstream_port};
    }}
}}
""")
        return [machine.find("nginx"), "-p", self.folder, "-e", self.folder / "error.log", "-c", config]


def load_stream_module():
    """The directive that nginx needs to hand bytes on; empty where that is built in."""
    built = subprocess.run([machine.find("nginx"), "-V"], capture_output=True, text=True, check=True).stderr
    if re.search(r"--with-stream(\s|$)", built):
        return ""
    folder = re.search(r"--modules-path=(\S+)", built)
    module = Path(folder.group(1), "ngx_stream_module.so") if folder else None
    if module is None or not module.exists():
        sys.exit("missing: nginx's module stream; install with: apt-get install libnginx-mod-stream")
    return f"load_module {module};"


class HAProxyTcp(gateways.Gateway):
    """HAProxy with one thread that hands bytes on."""

    def __init__(self, upstream_port, name="haproxy"):
        super().__init__(name, upstream_port)

    def command(self):
        config = self.folder / "haproxy.cfg"
        config.write_text(f"""
global
    nbthread 1
    maxconn {gateways.MAX_CONNECTIONS}
defaults
    mode tcp
    timeout connect 5s
    timeout client 600s
    timeout server 600s
frontend clients
    bind 127.0.0.1:{self.port} backlog 4096
    default_backend service
backend service
    server one 127.0.0.1:{self.upstream_port}
""")
        return [machine.find("haproxy"), "-db", "-f", config]


def compared(made, program, options):
    rounds = sidebyside.compare(made, program, options.rounds, options.seconds,
                                lambda gateway: gateway.warm_up * options.warm_up_factor)
    return rounds, sidebyside.tabulate(rounds)


def run_websocket(options):
    """Small messages that come back, one at a time on each connection."""
    with ExitStack() as stack:
        port = stack.enter_context(processes.Upstream()).port
        made = started(stack, gateways.Tidegate(port, "io_uring"), gateways.Tidegate(port, "epoll"),
                       gateways.Nginx(port, websocket=True), gateways.HAProxy(port))
        program = Program("message", lambda gateway, seconds: load.echo(gateway.port, seconds, *ECHO, "-w", "/ws"))
        rounds, rows = compared(made, program, options)
    text = ("A message counts when it has come back: it passes the gateway twice.\n\n"
            + sidebyside.table(rows, unit="message"))
    return [Result(f"websocket: messages of {SIZE} bytes, {CONNECTIONS} connections with one on the way each", text,
                   {"rounds": rounds, "rows": rows},
                   [Goal("websocket: io_uring, CPU per message ÷ nginx", ratio(rows, "tidegate-io_uring"), 1.0)])]


def run_tcp(options):
    """The same without any protocol, and connections that carry one message each."""
    config = machine.BENCH / "configs" / "tcp.yaml"
    programs = {
        "messages": Program("message", lambda gateway, seconds: load.echo(gateway.port, seconds, *ECHO)),
        "connections": Program("connection", lambda gateway, seconds: load.echo(gateway.port, seconds, *ECHO, "-n"),
                               share=0.1),
    }
    titles = {
        "messages": f"messages of {SIZE} bytes, {CONNECTIONS} connections with one on the way each",
        "connections": f"connections, one message of {SIZE} bytes each, {CONNECTIONS} at a time",
    }
    results = []
    with ExitStack() as stack:
        port = stack.enter_context(processes.Upstream(option="-e")).port
        made = started(stack, gateways.Tidegate(port, "io_uring", config=config),
                       gateways.Tidegate(port, "epoll", config=config), NginxStream(port), HAProxyTcp(port))
        for name, program in programs.items():
            say(f"tcp: {name}")
            rounds, rows = compared(made, program, options)
            goal = Goal(f"tcp: io_uring, CPU per {program.unit} ÷ nginx", ratio(rows, "tidegate-io_uring"), 1.0)
            results.append(Result(f"tcp: {titles[name]}", sidebyside.table(rows, unit=program.unit),
                                  {"rounds": rounds, "rows": rows}, [goal]))
    return results
