"""Configurations with many routes, the same for the same number, and requests that reach them.

A hundred routes to a host: twenty-five resources, each with a list (`/r7`), an item to read (`/r7/{id}`), an item to
change (the same path, other methods) and all that is below it (`/r7/{id}/files/**`). Every tenth host is a wildcard.
"""

import random

from harness import machine

PER_HOST = 100
RESOURCES = PER_HOST // 4


def host_of(number):
    host = number // PER_HOST
    return f"*.w{host}.example.com" if host % 10 == 9 else f"h{host}.example.com"


def route(number):
    """The declaration of one route."""
    resource = f"/r{number % PER_HOST // 4}"
    path, methods = [
        (resource, "GET"),
        (resource + "/{id}", "GET"),
        (resource + "/{id}", "PUT, PATCH, DELETE"),
        (resource + "/{id}/files/**", "GET, POST"),
    ][number % 4]
    return (f"  route-{number}: {{ match: [{{ hosts: [\"{host_of(number)}\"], path: \"{path}\", methods: [{methods}] }}], "
            "upstream: service }")


def request(number):
    """Host and path of a GET that reaches the route, or its neighbour where the route takes no GET."""
    host = host_of(number).replace("*", "a")
    resource = f"/r{number % PER_HOST // 4}"
    return host, [resource, resource + "/17", resource + "/17", resource + "/17/files/a/b.txt"][number % 4]


def config(count, note=""):
    """A configuration: as plain.yaml, with `count` routes; 1 is a route for everything."""
    plain = (machine.BENCH / "configs" / "plain.yaml").read_text()
    if count == 1:
        return plain
    lines = "\n".join(route(number) for number in range(count))
    return note + plain.replace("  everything: { upstream: service }", lines)


def write_config(count):
    """Writes the configuration to a file; returns the file."""
    file = machine.TARGET / f"routes-{count}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(config(count))
    return file


def write_requests(count, requests=2000, seed=1):
    """Writes a script for wrk that asks for routes all over a configuration of `count` routes; returns the file."""
    chance = random.Random(seed)
    file = machine.TARGET / f"routes-{count}.lua"
    file.parent.mkdir(parents=True, exist_ok=True)
    wanted = [request(chance.randrange(count)) for _ in range(requests)]
    listed = ",\n".join(f'{{"{host}", "{path}"}}' for host, path in wanted)
    file.write_text(f"""local wanted = {{
{listed}
}}
local made = {{}}
local at = 0
init = function(args)
    for i, pair in ipairs(wanted) do
        wrk.headers["Host"] = pair[1]
        made[i] = wrk.format("GET", pair[2])
    end
end
request = function()
    at = at % #made + 1
    return made[at]
end
""")
    return file
