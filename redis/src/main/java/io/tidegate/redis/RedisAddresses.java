package io.tidegate.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.tidegate.api.FilePath;
import io.tidegate.config.RedisConfig;
import io.tidegate.config.pem.Certificates;
import io.tidegate.config.pem.UnusableFileException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a Redis is and how it is spoken with, in the words of the library.
final class RedisAddresses {

    /// How often a cluster is asked who its nodes are. One that fails is noticed without.
    private static final Duration TOPOLOGY = Duration.ofSeconds(30);

    private RedisAddresses() {
    }

    /// Where the nodes are; with sentinels, one address that names them all.
    static List<RedisURI> all(RedisConfig config) {
        List<RedisConfig.Node> nodes = config.addresses();
        if (config.mode() != RedisConfig.Mode.SENTINEL) {
            return nodes.stream().map(node -> built(RedisURI.Builder.redis(node.host(), node.port()), config)).toList();
        }
        RedisURI.Builder builder = RedisURI.builder().withSentinelMasterId(String.valueOf(config.master()));
        nodes.forEach(node -> builder.withSentinel(node.host(), node.port()));
        return List.of(built(builder, config));
    }

    private static RedisURI built(RedisURI.Builder builder, RedisConfig config) {
        String password = config.password();
        String username = config.username();
        if (password != null && username != null) {
            builder.withAuthentication(username, password.toCharArray());
        } else if (password != null) {
            builder.withPassword(password.toCharArray());
        }
        return builder.withDatabase(config.database()).withSsl(config.addresses().getFirst().secure())
                .withTimeout(config.connectTimeout()).build();
    }

    static ClientOptions options(RedisConfig config) {
        ClientOptions.Builder builder = ClientOptions.builder().autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(config.timeout())).socketOptions(socket(config));
        SslOptions ssl = ssl(config.ca());
        return (ssl == null ? builder : builder.sslOptions(ssl)).build();
    }

    static ClusterClientOptions clusterOptions(RedisConfig config) {
        ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
        builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder().enablePeriodicRefresh(TOPOLOGY)
                .build());
        builder.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled(config.timeout())).socketOptions(socket(config));
        SslOptions ssl = ssl(config.ca());
        if (ssl != null) {
            builder.sslOptions(ssl);
        }
        return builder.build();
    }

    private static SocketOptions socket(RedisConfig config) {
        return SocketOptions.builder().connectTimeout(config.connectTimeout()).keepAlive(true).tcpNoDelay(true)
                .build();
    }

    private static @Nullable SslOptions ssl(@Nullable FilePath ca) {
        return ca == null ? null : SslOptions.builder().jdkSslProvider().trustManager(ca.path().toFile()).build();
    }

    /// Refuses a file that holds no certificate, which would be told with each attempt to connect only.
    ///
    /// @throws IllegalArgumentException
    ///             saying which
    static void checkFiles(RedisConfig config) {
        FilePath ca = config.ca();
        if (ca == null) {
            return;
        }
        try {
            Certificates.read(ca.path());
        } catch (UnusableFileException e) {
            throw new IllegalArgumentException("'ca' " + ca + " can't be used: it " + e.getMessage(), e);
        }
    }
}
