"""Starting processes on a processor, and reading what they cost."""

import os
import random
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

from harness import machine

GATEWAY_CPU = 0
LOAD_CPU = 1


def raise_file_limit():
    """Allows this process and its children as many open files as the system does, and tells how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(hard, 100_000),) * 2)
    except ValueError:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port():
    """A port nobody listens on, and that no outgoing connection is given: whoever tries to connect to a port that the
    system also gives to connections can end up connected to himself."""
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10_000, max(lowest, 10_001))
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_until_listening(port, process, limit=120):
    """Waits until somebody listens on the port; fails when the process ends before."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with status {process.returncode} before it listened")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nobody listens on port {port} after {limit} s")


def pinned(cpu, command, log=None, env=None, **options):
    """Starts a command on one processor, its output in `log`."""
    out = open(log, "ab") if log else subprocess.DEVNULL
    try:
        return subprocess.Popen(["taskset", "-c", str(cpu)] + [str(part) for part in command], stdout=out,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                env={**os.environ, **(env or {})}, **options)
    finally:
        if log:
            out.close()


class Adopted:
    """A process that another one started, as far as it has to be like one of ours."""

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        return None if self.alive() else 0

    def alive(self):
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except FileNotFoundError:
            return False

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, limit=None):
        end = None if limit is None else time.monotonic() + limit
        while self.alive():
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired(str(self.pid), limit)
            time.sleep(0.01)


def stop(process, limit=15):
    """Asks a process to end, and ends it after `limit` seconds."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(limit)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def children(pid):
    """The processes that a process started and that still run."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            # A thread that ended meanwhile: its children are another one's now.
            continue
    return found


def cpu_nanos(pids):
    """Time for which the scheduler ran these processes, all threads ever included, in nanoseconds."""
    # clock_getcpuclockid(3): the clock of a whole process has the type CPUCLOCK_SCHED, 2.
    return sum(time.clock_gettime_ns(((~pid) << 3) | 2) for pid in pids)


def status_kib(pid, field):
    """A field of /proc/PID/status that counts kibibytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has no {field}")


def rss_mib(pids):
    """Resident memory of these processes, in mebibytes; pages that they share count for each."""
    return sum(status_kib(pid, "VmRSS") for pid in pids) / 1024


class Upstream:
    """The service behind the gateways; `option` is one of bench/upstream.c's."""

    def __init__(self, port=0, option=None):
        machine.compile_natives()
        self.process = subprocess.Popen(["taskset", "-c", str(LOAD_CPU), machine.NATIVE / "upstream",
                                         *([option] if option else []), str(port)],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def call_message(length):
    """A message of gRPC: not compressed, its length, and so many bytes."""
    return bytes([0]) + length.to_bytes(4, "big") + b"m" * length
