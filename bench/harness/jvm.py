"""What a running Java process tells over its own tools."""

import re
import subprocess

from harness import machine

CLASSPATH = machine.TARGET / "classpath.txt"

UNITS = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def jcmd(pid, *command):
    """Runs a diagnostic command in the process."""
    done = subprocess.run([machine.java_home() / "bin" / "jcmd", str(pid), *command], capture_output=True, text=True,
                          check=True)
    return done.stdout


def collect_garbage(pid):
    """Has it let go of what it does not need, on its heap and beside it."""
    jcmd(pid, "GC.run")
    jcmd(pid, "System.trim_native_heap")


def allocated_bytes(pid, thread="tidegate-worker"):
    """Bytes that the threads whose names begin so have allocated in their lives. Java rounds them to K or M."""
    total = 0
    for line in jcmd(pid, "Thread.print", "-e").splitlines():
        found = re.match(rf'"{thread}[^"]*".* allocated=(\d+)([BKMG])', line)
        if found:
            total += int(found.group(1)) * UNITS[found.group(2)]
    return total


def bench_classpath(build=True):
    """The class path of the programs in bench/src, compiled before if wanted."""
    if build:
        machine.require("mvn")
        subprocess.run(["mvn", "-B", "-ntp", "-q", "-Pquick", "-pl", "bench", "-am", "compile",
                        "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath",
                        f"-Dmdep.outputFile={CLASSPATH.relative_to(machine.BENCH)}"], cwd=machine.ROOT, check=True)
    return f"{machine.TARGET / 'classes'}:{CLASSPATH.read_text()}"
