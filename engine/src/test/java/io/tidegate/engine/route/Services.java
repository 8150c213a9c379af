package io.tidegate.engine.route;

import java.util.List;

/// A large, ordinary table: services with a host for every hundred routes, four kinds of path in turn.
final class Services {

    private Services() {
    }

    static RouteTable<String> table(int count) {
        RouteTable.Builder<String> builder = RouteTable.builder();
        for (int i = 0; i < count; i++) {
            builder.add("r" + i, "r" + i, Declared.route(route(i)));
        }
        return builder.build();
    }

    static String host(int i) {
        return "service-" + i / 100 + ".example.com";
    }

    static String route(int i) {
        String start = "host:" + host(i) + " GET POST path:/v1/things-" + i;
        return switch (i % 4) {
            case 0 -> start + "/**";
            case 1 -> start + "/{id}";
            case 2 -> start + "/{id}/parts/{part}";
            default -> start + "/list";
        };
    }

    static TextInput request(int i) {
        String start = "/v1/things-" + i;
        String path = switch (i % 4) {
            case 0 -> start + "/any/thing/below";
            case 1 -> start + "/42";
            case 2 -> start + "/42/parts/7";
            default -> start + "/list";
        };
        return TextInput.of("GET", host(i), path, null, List.of());
    }
}
