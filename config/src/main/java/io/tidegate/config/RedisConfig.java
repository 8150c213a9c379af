package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.api.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Redis that gateways share.
@Doc("A Redis that gateways share. While it does not answer, each gateway keeps state by itself.")
public record RedisConfig(
        @Doc("Where it runs: `redis://host:6379`, or `rediss://` for TLS. Without `mode` one; some nodes of a cluster, of which the others are found; or the sentinels.") @Range(min = 1, max = 100) List<String> nodes,

        @Doc("What the nodes are.") @Default("standalone") Mode mode,

        @Doc("Name under which the sentinels know the master. Needs `mode: sentinel`.") @Nullable String master,

        @Doc("User that is logged in. Needs `password`.") @Nullable String username,

        @Doc("The password; `${NAME}` and `${file:/path}` keep it out of this file.") @Secret @Nullable String password,

        @Doc("Number of the database; a cluster has 0 alone.") @Default("0") @Range(min = 0, max = 10000) int database,

        @Doc("What all keys begin with, for a Redis that serves others too.") @Default("'tidegate:'") @Pattern(value = "[!-~]{0,64}", expected = "at most 64 visible characters of ASCII") String keyPrefix,

        @Doc("Authorities, in PEM, that certificates of nodes with `rediss://` must come from. Left out: those that Java trusts. A certificate must be for the host of its node.") @Nullable FilePath ca,

        @Doc("Longest wait for an answer; what is kept in this process is used then.") @Default("50ms") Duration timeout,

        @Doc("An answer that takes longer is late. After five late ones in a row Redis is left out, until it answers in time.") @Default("10ms") Duration budget,

        @Doc("Longest wait for a connection.") @Default("1s") Duration connectTimeout) {

    private static final int DEFAULT_PORT = 6379;

    /// What the nodes of a Redis are.
    public enum Mode {
        @Doc("One Redis.")
        STANDALONE, @Doc("Nodes of a Redis Cluster.")
        CLUSTER, @Doc("Sentinels, which know the master.")
        SENTINEL
    }

    /// Where a node is.
    ///
    /// @param secure
    ///            whether it is reached by TLS
    public record Node(String host, int port, boolean secure) {
    }

    /// Refuses addresses that are none, and what does not go together.
    public RedisConfig {
        for (String node : nodes) {
            node(node);
        }
        if (mode == Mode.STANDALONE && nodes.size() > 1) {
            throw new IllegalArgumentException(
                    "'nodes' must be one without 'mode: cluster' or 'mode: sentinel' (were " + nodes.size() + ")");
        }
        boolean secure = nodes.stream().anyMatch(each -> each.startsWith("rediss:"));
        if (secure && !nodes.stream().allMatch(each -> each.startsWith("rediss:"))) {
            throw new IllegalArgumentException("'nodes' must all begin with rediss://, or none");
        }
        if (ca != null && !secure) {
            throw new IllegalArgumentException("'ca' needs nodes that begin with rediss://");
        }
        if ((mode == Mode.SENTINEL) != (master != null)) {
            throw new IllegalArgumentException(master == null
                    ? "'master' must say the name of the master, for 'mode: sentinel'"
                    : "'master' needs 'mode: sentinel'");
        }
        if (username != null && password == null) {
            throw new IllegalArgumentException("'username' needs 'password'");
        }
        if (mode == Mode.CLUSTER && database != 0) {
            throw new IllegalArgumentException("'database' must be 0 with 'mode: cluster' (was " + database + ")");
        }
        checkTime("timeout", timeout);
        checkTime("budget", budget);
        checkTime("connectTimeout", connectTimeout);
        if (budget.compareTo(timeout) > 0) {
            throw new IllegalArgumentException("'budget' must be at most 'timeout' (was " + budget.toMillis() + "ms)");
        }
    }

    private static void checkTime(String key, Duration time) {
        if (time.toMillis() < 1 || time.toSeconds() > 10) {
            throw new IllegalArgumentException("'" + key + "' must be 1ms to 10s (was " + time.toMillis() + "ms)");
        }
    }

    private static Node node(String text) {
        try {
            URI uri = URI.create(text);
            boolean secure = "rediss".equals(uri.getScheme());
            boolean plain = uri.getUserInfo() == null && uri.getQuery() == null && uri.getFragment() == null
                    && (uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/"));
            if ((secure || "redis".equals(uri.getScheme())) && uri.getHost() != null && plain && uri.getPort() != 0) {
                String host = uri.getHost();
                boolean literal = host.startsWith("[") && host.endsWith("]");
                return new Node(literal ? host.substring(1, host.length() - 1) : host,
                        uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), secure);
            }
        } catch (IllegalArgumentException e) {
            // Said below, without what may be a password.
        }
        throw new IllegalArgumentException(
                "'nodes' must hold addresses such as redis://localhost:6379, without user, password and database");
    }

    /// Where the nodes are.
    public List<Node> addresses() {
        return nodes.stream().map(RedisConfig::node).toList();
    }

    /// The same with another longest wait for an answer.
    public RedisConfig withTimeout(Duration longest) {
        return new RedisConfig(nodes, mode, master, username, password, database, keyPrefix, ca, longest, budget,
                connectTimeout);
    }

    /// Tells everything but the password.
    @Override
    public String toString() {
        return "RedisConfig[nodes=" + nodes + ", mode=" + mode + ", master=" + master + ", username=" + username
                + ", password=" + (password == null ? "none" : "***") + ", database=" + database + ", keyPrefix="
                + keyPrefix + ", ca=" + ca + ", timeout=" + timeout + ", budget=" + budget + ", connectTimeout="
                + connectTimeout + "]";
    }
}
