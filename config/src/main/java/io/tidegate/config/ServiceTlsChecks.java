package io.tidegate.config;

/// Checks TLS and protocols towards services, files included.
final class ServiceTlsChecks {

    private final CheckContext context;
    private final KeyPairChecks pairs;

    ServiceTlsChecks(CheckContext context) {
        this.context = context;
        this.pairs = new KeyPairChecks(context);
    }

    void run() {
        context.config().upstreams().forEach((name, upstream) -> {
            protocol(name, upstream);
            ServiceTlsConfig tls = upstream.tls();
            if (tls != null) {
                endpoints(name, upstream);
                tls(name, tls);
            }
        });
    }

    private void protocol(String upstream, UpstreamConfig config) {
        DiscoveryConfig found = config.discovery();
        boolean all = found == null
                ? config.endpoints().stream().allMatch(endpoint -> endpoint.url().secure())
                : found.file() != null || config.foundScheme().secure();
        if (config.protocol() == ProtocolConfig.H2 && !all) {
            context.error("h2 is HTTP/2 over TLS: write https:// for all endpoints, or h2c for HTTP/2 without",
                    "upstreams", upstream, "protocol");
        }
        boolean secure = found == null ? config.isSecure() : config.foundScheme().secure();
        if (config.protocol() == ProtocolConfig.H2C && secure) {
            context.error("h2c is HTTP/2 without TLS: write h2", "upstreams", upstream, "protocol");
        }
        if (config.protocol() == ProtocolConfig.H3) {
            context.error("h3 is spoken with clients only: write h2", "upstreams", upstream, "protocol");
        }
    }

    private void endpoints(String upstream, UpstreamConfig config) {
        for (int i = 0; i < config.endpoints().size(); i++) {
            EndpointUrl url = config.endpoints().get(i).url();
            if (!url.secure()) {
                context.error("is reached without TLS, but the upstream has 'tls': "
                        + (url.isUnix()
                                ? "a Unix socket has none"
                                : (url.speaksHttp() ? "write https://" : "write tls://") + " (was '" + url + "')"),
                        "upstreams",
                        upstream, "endpoints", i);
            }
        }
    }

    private void tls(String upstream, ServiceTlsConfig tls) {
        new AuthorityChecks(context).check(tls.ca(), tls.crl(), "services", "upstreams", upstream, "tls");
        if (tls.crl() != null && tls.ca() == null) {
            context.error("needs 'ca' beside it: the authorities whose lists these are", "upstreams", upstream, "tls",
                    "crl");
        }
        if (tls.cert() != null && tls.key() != null) {
            pairs.check(tls.cert(), tls.key(), "upstreams", upstream, "tls");
        } else if (tls.cert() != null) {
            context.error("needs its 'key' beside it", "upstreams", upstream, "tls", "cert");
        } else if (tls.key() != null) {
            context.error("needs its 'cert' beside it", "upstreams", upstream, "tls", "key");
        }
        if (tls.sni() != null && (!tls.sni().matches(TlsChecks.HOST) || tls.sni().matches("[0-9.]+"))) {
            context.error("must be a host name in lower case, such as orders.internal (was '" + tls.sni() + "')",
                    "upstreams", upstream, "tls", "sni");
        }
        if (tls.verify() == ServiceTlsConfig.Verify.NONE) {
            if (tls.ca() != null) {
                context.error("has no effect: 'verify: none' trusts everybody", "upstreams", upstream, "tls", "ca");
            }
            context.warning("whoever stands between the gateway and the service can pose as the service: trust its"
                    + " authority by 'ca' instead", "upstreams", upstream, "tls", "verify");
        }
    }
}
