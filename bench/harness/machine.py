"""The machine: what has to be installed, what is built, and how the results describe it."""

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
ROOT = BENCH.parent
TARGET = BENCH / "target"
NATIVE = TARGET / "native"
RESULTS = BENCH / "results"

PACKAGES = {"nginx": "nginx-light", "haproxy": "haproxy", "wrk": "wrk", "gcc": "gcc libc6-dev", "taskset": "util-linux",
            "perf": "linux-perf", "mvn": "maven", "curl": "curl", "openssl": "openssl", "h2load": "nghttp2-client",
            "nghttp": "nghttp2-client"}


LIBRARIES = {"tls": ["-lssl", "-lcrypto"]}
"""What C programs are linked with; these are compiled when they are asked for."""


def require(*tools):
    """Ends the program, saying what to install, unless every tool is there."""
    missing = [tool for tool in tools if find(tool) is None]
    if missing:
        packages = " ".join(PACKAGES.get(tool, tool) for tool in missing)
        sys.exit(f"missing: {', '.join(missing)}; install with: apt-get install {packages}")


def find(tool):
    """Where a tool is, system folders included; None where it is not installed."""
    return shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin:/usr/local/sbin")


def compile_natives():
    """Compiles the C programs that changed, but for those that need libraries."""
    for source in sorted(BENCH.glob("*.c")):
        if source.stem not in LIBRARIES:
            compile_native(source)


def compile_native(source):
    """Compiles a C program where it, or what it includes, has changed; returns the program."""
    require("gcc")
    NATIVE.mkdir(parents=True, exist_ok=True)
    binary = NATIVE / source.stem
    newest = max(file.stat().st_mtime for file in [source, *BENCH.glob("*.h")])
    if not binary.exists() or binary.stat().st_mtime < newest:
        libraries = LIBRARIES.get(source.stem, [])
        subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-o", binary, source, *libraries], check=True)
    return binary


def tls_client():
    """The client for connections over TLS."""
    if not any(Path(folder, "openssl", "ssl.h").exists() for folder in ("/usr/include", "/usr/local/include")):
        sys.exit("missing: the headers of OpenSSL; install with: apt-get install libssl-dev")
    return compile_native(BENCH / "tls.c")


def certificate():
    """A certificate for 127.0.0.1 with an ECDSA key on P-256, signed by itself, and its key; made when first asked for."""
    both = NATIVE / "bench.crt", NATIVE / "bench.key"
    if not all(file.exists() for file in both):
        require("openssl")
        NATIVE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "3650", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                        both[1], "-out", both[0]], check=True, capture_output=True)
    return both


def java_home():
    """The home of a JDK 25 or newer: JAVA_HOME, or the newest one in the usual place."""
    candidates = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    if Path("/usr/lib/jvm").is_dir():
        candidates += sorted(Path("/usr/lib/jvm").iterdir(), reverse=True)
    if shutil.which("java"):
        candidates.append(Path(shutil.which("java")).resolve().parents[1])
    for home in candidates:
        release = home / "release"
        found = re.search(r'JAVA_VERSION="(\d+)', release.read_text()) if release.is_file() else None
        if found and int(found.group(1)) >= 25:
            return home
    sys.exit("missing: a JDK 25; install one and set JAVA_HOME")


def processors():
    """The processors this process may use."""
    return sorted(os.sched_getaffinity(0))


def load_average():
    """The load average of the last minute."""
    return os.getloadavg()[0]


def dropped_packets():
    """Packets that the kernel has dropped since it began, because one processor's queue of them was full.

    Over loopback too: each costs its connection the time of a retransmission, 0.2 s or, for a SYN, 1 s.
    """
    lines = Path("/proc/net/softnet_stat").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1], 16) for line in lines)


def version(*command):
    """The first line that a command says about its version."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "not installed"
    lines = (done.stdout + done.stderr).strip().splitlines()
    found = re.search(r"\d+\.\d+[\w.+-]*", lines[0]) if lines else None
    return found.group(0) if found else "unknown"


def describe():
    """What a reader has to know to judge a result."""
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+) kB", Path("/proc/meminfo").read_text())
    return {
        "processor": cpu.group(1) if cpu else platform.machine(),
        "processors": len(processors()),
        "memoryGiB": round(int(memory.group(1)) / (1 << 20)) if memory else 0,
        "kernel": platform.release(),
        "java": version(java_home() / "bin" / "java", "-version"),
        "nginx": version(find("nginx") or "nginx", "-v"),
        "haproxy": version(find("haproxy") or "haproxy", "-v"),
        "wrk": version("wrk", "-v"),
    }
