package io.tidegate.config;

import static io.tidegate.config.CheckContext.below;

import io.tidegate.api.FilePath;
import io.tidegate.config.pem.Certificates;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Checks where endpoints are found.
final class DiscoveryChecks {

    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final String NAME = "[a-zA-Z0-9_]([a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?\\.?";

    private final CheckContext context;

    DiscoveryChecks(CheckContext context) {
        this.context = context;
    }

    void run() {
        context.config().upstreams().forEach((name, upstream) -> {
            DiscoveryConfig discovery = upstream.discovery();
            if (discovery == null) {
                if (upstream.endpoints().isEmpty() && context.whole("upstreams." + name)) {
                    context.error("needs 'endpoints', or 'discovery' that finds some", "upstreams", name);
                }
                return;
            }
            Object[] at = {"upstreams", name, "discovery"};
            if (context.declared("upstreams", name, "endpoints")) {
                context.errorAtKey("stands beside 'discovery': an upstream has one of the two", "upstreams", name,
                        "endpoints");
            }
            one(discovery, at);
            scheme(name, upstream, discovery, at);
            if (discovery.emptyAfter() != null) {
                between(discovery.emptyAfter(), Duration.ZERO, null, below(at, "emptyAfter"));
            }
            sources(discovery, at);
        });
    }

    private void one(DiscoveryConfig discovery, Object... at) {
        List<Object> sources = Stream
                .<Object>of(discovery.dns(), discovery.file(), discovery.kubernetes(), discovery.consul(),
                        discovery.eureka())
                .filter(Objects::nonNull).toList();
        if (sources.size() != 1 && context.whole("upstreams." + at[1])) {
            context.error("must have one of dns, file, kubernetes, consul and eureka (has " + sources.size() + ")", at);
        }
    }

    private void scheme(String name, UpstreamConfig upstream, DiscoveryConfig discovery, Object... at) {
        if (discovery.file() != null && discovery.scheme() != null && discovery.scheme().speaksHttp()) {
            context.errorAtKey("has no effect: the URLs in the file say how they are spoken with",
                    below(at, "scheme"));
        }
        if (upstream.tls() != null && discovery.scheme() != null && !discovery.scheme().isSecure()) {
            context.error("is without TLS, but upstream '" + name + "' has 'tls'", below(at, "scheme"));
        }
    }

    private void sources(DiscoveryConfig discovery, Object... at) {
        if (discovery.dns() != null) {
            dns(discovery.dns(), below(at, "dns"));
        }
        if (discovery.file() != null) {
            file(discovery.file(), below(at, "file"));
        }
        if (discovery.kubernetes() != null) {
            kubernetes(discovery.kubernetes(), below(at, "kubernetes"));
        }
        DiscoveryConfig.Consul consul = discovery.consul();
        if (consul != null) {
            Object[] own = below(at, "consul");
            word(consul.service(), "a service", own, "service");
            address(consul.url(), own, "url");
            between(consul.maxWait(), SHORTEST, LONGEST_WAIT, below(own, "maxWait"));
            authority(consul.ca(), own);
        }
        DiscoveryConfig.Eureka eureka = discovery.eureka();
        if (eureka != null) {
            Object[] own = below(at, "eureka");
            word(eureka.app(), "an application", own, "app");
            address(eureka.url(), own, "url");
            between(eureka.interval(), SHORTEST, null, below(own, "interval"));
            authority(eureka.ca(), own);
            if ((eureka.username() == null) != (eureka.password() == null)) {
                context.error("needs 'username' and 'password', or neither", own);
            }
        }
    }

    private void dns(DiscoveryConfig.Dns dns, Object... at) {
        boolean named = dns.name() != null || dns.port() != null;
        if (dns.srv() != null ? named : dns.name() == null || dns.port() == null) {
            context.error("must have 'name' and 'port', or 'srv' alone", at);
        }
        if (dns.name() != null && !dns.name().matches(NAME)) {
            context.error("must be a name (was '" + dns.name() + "')", below(at, "name"));
        }
        if (dns.port() != null && (dns.port() < 1 || dns.port() > 65535)) {
            context.error("must have a port from 1 to 65535 (was " + dns.port() + ")", at);
        }
        if (dns.srv() != null && !dns.srv().matches(NAME)) {
            context.error("must be a name such as _http._tcp.orders.internal (was '" + dns.srv() + "')",
                    below(at, "srv"));
        }
        between(dns.minTtl(), SHORTEST, null, below(at, "minTtl"));
        between(dns.maxTtl(), dns.minTtl(), null, below(at, "maxTtl"));
    }

    /// A file that is not there yet, or can't be used, is no error: the gateway waits for it.
    private void file(DiscoveryConfig.File file, Object... at) {
        if (!Files.exists(file.path().path())) {
            context.warning("is not there: until it is, every request is answered 503 (" + file + ")", at);
            return;
        }
        for (Problem problem : EndpointFile.read(file.path().path()).problems()) {
            context.warning("can't be used: until it can, every request is answered 503: " + problem, at);
        }
    }

    private void kubernetes(DiscoveryConfig.Kubernetes kubernetes, Object... at) {
        word(kubernetes.service(), "a service", at, "service");
        if (kubernetes.namespace() != null) {
            word(kubernetes.namespace(), "a namespace", at, "namespace");
        }
        if (kubernetes.port() != null) {
            word(kubernetes.port(), "the name or number of a port", at, "port");
        }
        address(kubernetes.api(), at, "api");
    }

    private void word(String text, String what, Object[] at, String key) {
        if (!text.matches("[a-zA-Z0-9_.-]{1,253}")) {
            context.error("must be " + what + " (was '" + text + "')", below(at, key));
        }
    }

    private void address(String text, Object[] at, String key) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            uri = URI.create("");
        }
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (!http || uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawQuery() != null
                || uri.getRawFragment() != null) {
            String shown = uri.getRawUserInfo() == null ? " (was '" + text + "')" : ": who asks is said by other keys";
            context.error("must be http://host:port or https://host:port" + shown, below(at, key));
        }
    }

    private void authority(@Nullable FilePath ca, Object... at) {
        if (ca != null) {
            context.read(() -> Certificates.read(ca.path()), ca, below(at, "ca"));
        }
    }

    private void between(Duration duration, Duration least, @Nullable Duration most, Object... at) {
        if (duration.compareTo(least) < 0 || (most != null && duration.compareTo(most) > 0)) {
            context.error("must be at least " + Durations.format(least)
                    + (most == null ? "" : " and at most " + Durations.format(most)) + " (was "
                    + Durations.format(duration) + ")", at);
        }
    }
}
