"""The gateways that are compared, each with one event loop, the same headers and pooled upstream connections."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import jvm, machine, processes

# As many as the limit of open files allows, one to the client and one to the service each.
MAX_CONNECTIONS = min(11_000, (processes.raise_file_limit() - 1_000) // 2)
POOLED = 1024
MANY = 1_000_000_000


class Gateway:
    """A gateway in front of the upstream on `upstream_port`."""

    warm_up = 2.0
    """Seconds of load before the first measurement."""

    warm_up_rate = 0
    """Requests per second that must have been served in these seconds, or the warm-up goes on."""

    def __init__(self, name, upstream_port):
        self.name = name
        self.upstream_port = upstream_port
        self.port = processes.free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"tidegate-bench-{name}-"))
        self.log = self.folder / "log"
        self.process = None

    def command(self):
        """Writes the configuration; returns the command that starts the gateway."""
        raise NotImplementedError

    def environment(self):
        return {}

    def start(self):
        self.process = processes.pinned(processes.GATEWAY_CPU, self.command(), self.log, self.environment())
        try:
            processes.wait_until_listening(self.port, self.process)
        except RuntimeError as failure:
            sys.exit(f"{self.name}: {failure}\n{self.log.read_text()[-4000:]}")
        return self

    def start_measured(self, path="/small"):
        """Starts it on any processor; returns the milliseconds to the first proxied response and the CPU time."""
        command = [machine.NATIVE / "first", "-l", self.log, f"127.0.0.1:{self.port}", path, "--", *self.command()]
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False,
                              env={**os.environ, **self.environment()})
        if done.returncode != 0:
            sys.exit(f"{self.name}: {done.stderr}\n{self.log.read_text()[-4000:]}")
        result = json.loads(done.stdout)
        self.process = processes.Adopted(result["pid"])
        return result

    def stop(self):
        processes.stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def pids(self):
        """The processes whose cost counts."""
        return [self.process.pid] + processes.children(self.process.pid)

    def settle(self):
        """Lets go of what is held without need, before memory is measured."""

    def cpu_nanos(self):
        return processes.cpu_nanos(self.pids())

    def rss_mib(self):
        return processes.rss_mib(self.pids())


class Nginx(Gateway):
    """nginx with one worker."""

    def __init__(self, upstream_port, name="nginx", access_log="off", secure=False, grpc=False, websocket=False):
        super().__init__(name, upstream_port)
        self.access_log = access_log
        self.secure = secure
        self.grpc = grpc
        self.connection = '"upgrade"; proxy_set_header Upgrade $http_upgrade' if websocket else '""'

    def command(self):
        log = self.access_log.replace("FILE", str(self.folder / "access.log"))
        config = self.folder / "nginx.conf"
        listen, secrets = "", ""
        if self.secure:
            certificate, key = machine.certificate()
            listen = " ssl http2"
            secrets = f"ssl_certificate {certificate}; ssl_certificate_key {key}; ssl_protocols TLSv1.2 TLSv1.3;"
        passing = f"""
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection {self.connection};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;"""
        if self.grpc:
            listen = " http2"
            passing = """
            grpc_pass grpc://service;
            grpc_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            grpc_set_header X-Forwarded-Proto $scheme;"""
        config.write_text(f"""
daemon off;
worker_processes 1;
worker_rlimit_nofile {2 * MAX_CONNECTIONS + 500};
pid {self.folder}/pid;
error_log {self.folder}/error.log;
events {{ worker_connections {2 * MAX_CONNECTIONS}; }}
http {{
    access_log {log};
    keepalive_requests {MANY};
    keepalive_timeout 600s;
    client_header_timeout 600s;
    client_body_temp_path {self.folder}/body;
    proxy_temp_path {self.folder}/proxy;
    fastcgi_temp_path {self.folder}/fastcgi;
    uwsgi_temp_path {self.folder}/uwsgi;
    scgi_temp_path {self.folder}/scgi;
    upstream service {{
        server 127.0.0.1:{self.upstream_port};
        keepalive {POOLED};
        keepalive_requests {MANY};
    }}
    server {{
        listen 127.0.0.1:{self.port}{listen} backlog=4096;
        {secrets}
        location / {{{passing}
        }}
    }}
}}
""")
        return [machine.find("nginx"), "-p", self.folder, "-e", self.folder / "error.log", "-c", config]


class HAProxy(Gateway):
    """HAProxy with one thread."""

    def __init__(self, upstream_port, name="haproxy", secure=False, grpc=False):
        super().__init__(name, upstream_port)
        self.secure = secure
        self.protocol = " proto h2" if grpc else ""

    def command(self):
        config = self.folder / "haproxy.cfg"
        tls = ""
        if self.secure:
            certificate, key = machine.certificate()
            both = self.folder / "both.pem"
            both.write_text(certificate.read_text() + key.read_text())
            tls = f" ssl crt {both} alpn h2,http/1.1 ssl-min-ver TLSv1.2"
        config.write_text(f"""
global
    nbthread 1
    maxconn {MAX_CONNECTIONS}
defaults
    mode http
    timeout connect 5s
    timeout client 600s
    timeout server 60s
    timeout tunnel 600s
    timeout http-keep-alive 600s
    option http-keep-alive
    http-reuse always
frontend clients
    bind 127.0.0.1:{self.port}{tls}{self.protocol} backlog 4096
    option forwardfor
    http-request set-header X-Forwarded-Proto http
    default_backend service
backend service
    server one 127.0.0.1:{self.upstream_port} pool-max-conn {POOLED}{self.protocol}
""")
        return [machine.find("haproxy"), "-db", "-f", config]


class Tidegate(Gateway):
    """This gateway: its own command line and defaults, one event loop.

    `config` is a file in which BENCH_PORT, BENCH_UPSTREAM, BENCH_SERVICE, BENCH_ADMIN, BENCH_TRANSPORT, BENCH_LOG, BENCH_CERT and
    BENCH_KEY stand for what this run uses, as `${…}`.
    """

    warm_up = 20.0
    warm_up_rate = 20_000

    def __init__(self, upstream_port, transport="io_uring", name=None, config=None, aot=True):
        super().__init__(name or f"tidegate-{transport}", upstream_port)
        self.aot = aot
        self.transport = transport
        self.config = Path(config or machine.BENCH / "configs" / "plain.yaml")
        self.admin = processes.free_port()
        self.token = "bench-token-0123456789"

    def command(self):
        return [machine.ROOT / "tidegate", "run", self.config]

    def environment(self):
        certificate, key = machine.certificate()
        return {
            "BENCH_CERT": str(certificate),
            "BENCH_KEY": str(key),
            "BENCH_PORT": str(self.port),
            "BENCH_UPSTREAM": f"http://127.0.0.1:{self.upstream_port}",
            "BENCH_SERVICE": f"127.0.0.1:{self.upstream_port}",
            "BENCH_ADMIN": f"127.0.0.1:{self.admin}",
            "BENCH_TOKEN": self.token,
            "BENCH_TRANSPORT": self.transport,
            "BENCH_LOG": str(self.folder / "access.log"),
            "TIDEGATE_JAVA_HOME": str(machine.java_home()),
            "TIDEGATE_AOT": "on" if self.aot else "off",
        }


    def settle(self):
        jvm.collect_garbage(self.process.pid)


class SpringCloudGateway(Gateway):
    """Spring Cloud Gateway on WebFlux with one event loop."""

    warm_up = 40.0
    warm_up_rate = 3_000

    def __init__(self, upstream_port, name="spring-cloud-gateway"):
        super().__init__(name, upstream_port)

    def command(self):
        jar = build_spring_cloud_gateway()
        return [machine.java_home() / "bin" / "java", "-Xms512m", "-Xmx512m", "-Dreactor.netty.ioWorkerCount=1",
                "-jar", jar, f"--server.port={self.port}", f"--bench.upstream=http://127.0.0.1:{self.upstream_port}"]


def build_tidegate():
    """Packages this gateway where a source is newer than its jar, and makes the cache that makes starts faster."""
    environment = {**os.environ, "TIDEGATE_JAVA_HOME": str(machine.java_home())}
    subprocess.run([machine.ROOT / "tidegate", "train"], check=True, env=environment, stdout=subprocess.DEVNULL)


def build_spring_cloud_gateway():
    """Packages Spring Cloud Gateway with its one route; downloads it where it has not been yet."""
    folder = machine.BENCH / "scg"
    jar = folder / "target" / "scg.jar"
    newest = max(file.stat().st_mtime for file in folder.rglob("*") if "target" not in file.parts and file.is_file())
    if not jar.exists() or jar.stat().st_mtime < newest:
        machine.require("mvn")
        subprocess.run(["mvn", "-B", "-ntp", "-q", "-f", folder / "pom.xml", "package"], check=True)
    return jar
