package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Range;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How the gateway itself finds out whether endpoints of an upstream can be used.
@Doc("How the gateway itself finds out whether endpoints can be used. Short form: the path, or `tcp` or `grpc`.")
public record HealthCheckConfig(
        @Doc("What is asked.") @Default("http") Type type,

        @Doc("What is asked for by HTTP.") @Default("/") String path,

        @Doc("Statuses that say that all is well: `200`, `200-299`.") @Default("[200-299]") @Range(min = 1) List<StatusRange> expect,

        @Doc("What stands in `Host` (`:authority`). Left out: the endpoint's host and port.") @Nullable String host,

        @Doc("The service that is asked about by gRPC. Left out: the server as a whole.") @Nullable String service,

        @Doc("Where the check connects to, where that is another port than the endpoint's.") @Nullable @Range(min = 1, max = 65535) Integer port,

        @Doc("From the end of one check of an endpoint to the next, a tenth more or less.") @Default("5s") Duration interval,

        @Doc("How long one check may take, connecting included.") @Default("1s") Duration timeout,

        @Doc("So many failed checks in a row take an endpoint out.") @Default("3") @Range(min = 1, max = 100) int unhealthyAfter,

        @Doc("So many good checks in a row bring it back.") @Default("2") @Range(min = 1, max = 100) int healthyAfter) {

    /// Copies what it is given.
    public HealthCheckConfig {
        expect = List.copyOf(expect);
    }

    /// What is asked.
    public enum Type {
        @Doc("`GET` of `path`, by the upstream's protocol: the status must be one of `expect`.")
        HTTP, @Doc("Whether a connection can be made, TLS included.")
        TCP, @Doc("`grpc.health.v1.Health/Check`, by HTTP/2: the answer must be `SERVING`.")
        GRPC
    }

    /// Statuses in a row: `200-299`, `404`.
    ///
    /// @param first
    ///            the lowest
    /// @param last
    ///            the highest
    @Doc("A status, or some in a row: `200`, `200-299`.")
    public record StatusRange(int first, int last) {

        /// Refuses what is no range of final statuses.
        public StatusRange {
            if (first < 200 || last > 599 || last < first) {
                throw new IllegalArgumentException("must be a status from 200 to 599, or two of them such as 200-299"
                        + " (was '" + first + (first == last ? "" : "-" + last) + "')");
            }
        }

        /// Reads one.
        @Shorthand
        public static StatusRange of(String text) {
            String[] ends = text.matches("[0-9]{1,5}(-[0-9]{1,5})?") ? text.split("-", 2) : new String[]{"0", "1"};
            if (ends[0].equals("0")) {
                throw new IllegalArgumentException(
                        "must be a status from 200 to 599, or two of them such as 200-299 (was '" + text + "')");
            }
            return new StatusRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
        }

        /// Takes one status.
        @Shorthand
        public static StatusRange of(int status) {
            return new StatusRange(status, status);
        }

        /// Whether it is one of them.
        public boolean contains(int status) {
            return status >= first && status <= last;
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /// A check by HTTP of this path, or one that is called `tcp` or `grpc`.
    @Shorthand
    public static HealthCheckConfig of(String text) {
        return switch (text) {
            case "tcp" -> made(Type.TCP, "/");
            case "grpc" -> made(Type.GRPC, "/");
            default -> {
                if (!text.startsWith("/")) {
                    throw new IllegalArgumentException(
                            "must be a path that begins with a slash, tcp or grpc (was '" + text + "')");
                }
                yield made(Type.HTTP, text);
            }
        };
    }

    private static HealthCheckConfig made(Type type, String path) {
        return new HealthCheckConfig(type, path, List.of(new StatusRange(200, 299)), null, null, null,
                Duration.ofSeconds(5), Duration.ofSeconds(1), 3, 2);
    }
}
