"""Load: wrk for the cost of a request, the open-loop generator for latency and for what gets lost."""

import json
import re
import subprocess

from harness import machine, processes

HEADERS = ["User-Agent: wrk/4 (bench)", "Accept: application/json, text/plain;q=0.9", "Accept-Encoding: gzip, br",
           "Cookie: session=0123456789abcdef0123456789abcdef"]

UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


def header_options():
    return [part for header in HEADERS for part in ("-H", header)]


def wrk(port, path, connections, seconds, script=None, scheme="http"):
    """Runs wrk on the processor for load; returns what it counted."""
    command = ["taskset", "-c", str(processes.LOAD_CPU), "wrk", "-t", "1", "-c", str(connections), "-d",
               str(max(1, round(seconds))), "--latency", "--timeout", "10", *header_options(),
               *(["-s", str(script)] if script else []), f"{scheme}://127.0.0.1:{port}{path}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return parse_wrk(text)


def parse_wrk(text):
    """Reads wrk's report: requests, requests per second, latencies in milliseconds, failures."""
    done = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", text)
    if done is None:
        raise RuntimeError(f"no report of wrk:\n{text}")
    latencies = {name: float(value) * UNITS[unit]
                 for name, value, unit in re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.M)}
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    statuses = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return {
        "requests": int(done.group(1)),
        "perSecond": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        "p50": latencies.get("50"),
        "p99": latencies.get("99"),
        "failed": (sum(int(count) for count in sockets.groups()) if sockets else 0)
        + (int(statuses.group(1)) if statuses else 0),
    }


def h2load(port, path, connections, streams, seconds):
    """Runs h2load over TLS on the processor for load; returns what it counted."""
    command = ["taskset", "-c", str(processes.LOAD_CPU), "h2load", "-t", "1", "-c", str(connections), "-m", str(streams),
               "-D", str(max(1, round(seconds))), *header_options(), f"https://127.0.0.1:{port}{path}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return parse_h2load(text)


CALL = ["-H", "content-type: application/grpc", "-H", "te: trailers"]


def h2load_calls(port, path, body, connections, streams, seconds):
    """Runs h2load without TLS: calls of gRPC, each with the message in the file `body`; returns what it counted."""
    url = f"http://127.0.0.1:{port}{path}"
    # h2load looks at heads alone: what ends a call is looked at once.
    once = subprocess.run(["nghttp", "-nv", "-d", str(body), *CALL, url], capture_output=True, text=True, check=True)
    if "grpc-status: 0" not in once.stdout:
        raise RuntimeError(f"no call:\n{once.stdout}")
    command = ["taskset", "-c", str(processes.LOAD_CPU), "h2load", "-t", "1", "-c", str(connections), "-m", str(streams),
               "-D", str(max(1, round(seconds))), "-d", str(body), *CALL, url]
    return parse_h2load(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def parse_h2load(text):
    """Reads h2load's report; it tells no percentiles, so the mean stands for the median and the maximum for the tail."""
    done = re.search(r"requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored", text)
    rate = re.search(r"finished in [\d.]+\w+, ([\d.]+) req/s", text)
    times = re.search(r"time for request:\s+\S+\s+([\d.]+)(us|ms|s)\s+([\d.]+)(us|ms|s)", text)
    if done is None or rate is None or times is None:
        raise RuntimeError(f"no report of h2load:\n{text}")
    # Statuses are counted by heads, the last of which belong to requests that were not done in time. h2load takes 3xx for good.
    redirected = re.search(r"status codes: \d+ 2xx, (\d+) 3xx", text)
    return {
        "requests": int(done.group(1)),
        "perSecond": float(rate.group(1)),
        "p50": float(times.group(3)) * UNITS[times.group(4)],
        "p99": float(times.group(1)) * UNITS[times.group(2)],
        "failed": int(done.group(3)) + (int(redirected.group(1)) if redirected else 0),
    }


def open_loop_command(port, path, connections, rate, seconds, warm_up=0.0):
    """The command of the open-loop generator."""
    return ["taskset", "-c", str(processes.LOAD_CPU), str(machine.NATIVE / "load"), "-c", str(connections), "-r",
            str(rate), "-d", str(seconds), "-w", str(warm_up), *header_options(), f"127.0.0.1:{port}", path]


def open_loop(port, path, connections, rate, seconds, warm_up=0.0):
    """Sends at a constant rate; latencies in milliseconds."""
    command = open_loop_command(port, path, connections, rate, seconds, warm_up)
    return read_open_loop(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def read_open_loop(text):
    """Reads the generator's report."""
    result = json.loads(text)
    for name in ("mean", "p50", "p90", "p99", "p999", "max"):
        result[name] /= 1000
    result["failed"] = result["broken"] + result["malformed"] + result["badStatus"] + result["unfinished"]
    return result


def clients(gateway, rate, seconds, warm_up=1.0, critical=0):
    """Clients at their own pace, who give up after a second: `rate` requests per second, of which so many percent are
    critical; returns what came of them, latencies in microseconds."""
    command = ["taskset", "-c", processes.LOAD_CPU, machine.NATIVE / "openloop", "-r", rate, "-d", seconds, "-w", warm_up,
               "-s", critical, f"127.0.0.1:{gateway.port}", "/critical", "/small"]
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=True)
    return {**json.loads(done.stdout), "rate": rate}


def echo(port, seconds, *options):
    """Runs the generator whose messages come back; latencies in milliseconds."""
    return run_counting(machine.NATIVE / "echo", "-d", seconds, *options, f"127.0.0.1:{port}")


def handshakes(port, seconds, connections, *options):
    """Makes connections over TLS with one request each; latencies in milliseconds."""
    return run_counting(machine.tls_client(), "-d", seconds, "-c", connections, *options, f"127.0.0.1:{port}", "/small")


def run_counting(*command):
    """Runs a closed-loop generator on the processor for load, and reads its report."""
    pinned = ["taskset", "-c", str(processes.LOAD_CPU), *(str(part) for part in command)]
    return read_counts(json.loads(subprocess.run(pinned, stdout=subprocess.PIPE, text=True, check=True).stdout))


def read_counts(result):
    """What a closed-loop generator counted, as the other generators' reports are read."""
    for name in ("mean", "p50", "p90", "p99", "p999", "max"):
        result[name] /= 1000
    result["requests"] = result["completed"]
    result["perSecond"] = result["completed"] / result["seconds"]
    result["failed"] = result["broken"] + result["malformed"] + result["refused"] + result["unfinished"]
    return result
