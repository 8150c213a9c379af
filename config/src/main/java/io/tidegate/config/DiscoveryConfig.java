package io.tidegate.config;

import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.FilePath;
import io.tidegate.api.Range;
import io.tidegate.api.Secret;
import io.tidegate.api.Shorthand;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Where the endpoints of an upstream are found.
@Doc("Where endpoints are found: one of `dns`, `file`, `kubernetes`, `consul` and `eureka`. What was found last is used while nobody can be asked.")
public record DiscoveryConfig(
        @Doc("By DNS: every address of a name is an endpoint, or every target of its SRV records. Short form: `name:port`.") @Nullable Dns dns,

        @Doc("In a file. Short form: its path.") @Nullable File file,

        @Doc("In the EndpointSlices of a service of Kubernetes.") @Nullable Kubernetes kubernetes,

        @Doc("In Consul's catalogue of services. Short form: the service.") @Nullable Consul consul,

        @Doc("In a registry of Eureka. Short form: the application.") @Nullable Eureka eureka,

        @Doc("How the endpoints are spoken with. Left out: `https` where the upstream has `tls`, `http` elsewhere. A file says it itself, by URLs.") @Nullable Scheme scheme,

        @Doc("For how long a source has to say that there are no endpoints until that is believed, and every request answered 503. Left out: it never is. A name that is gone says nothing.") @Nullable Duration emptyAfter,

        @Doc("Most endpoints. An answer with more changes nothing.") @Default("1000") @Range(min = 1, max = 10000) int maxEndpoints) {

    /// How endpoints are spoken with.
    public enum Scheme {
        @Doc("HTTP.")
        HTTP(EndpointUrl.Scheme.HTTP), @Doc("HTTP over TLS.")
        HTTPS(EndpointUrl.Scheme.HTTPS), @Doc("Bytes, for listeners with `tcp` or `tlsPassthrough`.")
        TCP(EndpointUrl.Scheme.TCP), @Doc("Bytes over TLS.")
        TLS(EndpointUrl.Scheme.TLS);

        private final EndpointUrl.Scheme url;

        Scheme(EndpointUrl.Scheme url) {
            this.url = url;
        }

        /// As it stands in URLs.
        public EndpointUrl.Scheme url() {
            return url;
        }

        boolean speaksHttp() {
            return this == HTTP || this == HTTPS;
        }

        boolean isSecure() {
            return this == HTTPS || this == TLS;
        }
    }

    /// A name in DNS.
    @Doc("A name in DNS: `name` and `port`, or `srv`. Short form: `name:port`.")
    public record Dns(
            @Doc("Every address of this name is an endpoint.") @Nullable String name,

            @Doc("The port of all of them.") @Nullable @Range(min = 1, max = 65535) Integer port,

            @Doc("Every target of the SRV records of this name (RFC 2782) is an endpoint: `_http._tcp.orders.internal`. Those of a higher priority number are used while too few of a lower one are well.") @Nullable String srv,

            @Doc("An answer is good for as long as it says, but for no less than this.") @Default("1s") Duration minTtl,

            @Doc("And for no more than this.") @Default("5m") Duration maxTtl) {

        /// All addresses of a name.
        @Shorthand
        public static Dns of(String text) {
            int colon = text.lastIndexOf(':');
            if (colon <= 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
                throw new IllegalArgumentException("must be a name and a port such as orders.internal:8443 (was '"
                        + text + "')");
            }
            return new Dns(text.substring(0, colon), Integer.valueOf(text.substring(colon + 1)), null,
                    Duration.ofSeconds(1), Duration.ofMinutes(5));
        }

        @Override
        public String toString() {
            return srv != null ? "srv " + srv : name + ":" + port;
        }
    }

    /// A file with endpoints.
    @Doc("A file with `endpoints`, as an upstream has them, in YAML or JSON. It is read again when it changes, whether it is written over, moved into place or reached by a link that changes. A file that can't be used changes nothing. Short form: its path.")
    public record File(
            @Doc("Where it is.") FilePath path) {

        /// The file of this path.
        @Shorthand
        public static File of(String text) {
            return new File(FilePath.of(text));
        }

        @Override
        public String toString() {
            return path.name();
        }
    }

    /// A service of Kubernetes.
    @Doc("The EndpointSlices (`discovery.k8s.io/v1`) of a service of Kubernetes, listed and then watched. The gateway needs the permission to `list` and `watch` them.")
    public record Kubernetes(
            @Doc("Where the service is. Left out: where the gateway itself runs.") @Nullable String namespace,

            @Doc("Its name.") String service,

            @Doc("Name or number of one of its ports, as the EndpointSlices have it: the port of the pods. Left out: its only port.") @Nullable String port,

            @Doc("Address of the API.") @Default("https://kubernetes.default.svc") String api,

            @Doc("A file with the token that is shown to the API. It is read again for each request.") @Default("/var/run/secrets/kubernetes.io/serviceaccount/token") FilePath token,

            @Doc("A file with the authorities, in PEM, that the API's certificate must come from.") @Default("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt") FilePath ca) {

        @Override
        public String toString() {
            return (namespace == null ? "" : namespace + "/") + service + (port == null ? "" : ":" + port);
        }
    }

    /// A service in Consul.
    @Doc("A service in Consul. Short form: its name.")
    public record Consul(
            @Doc("Its name.") String service,

            @Doc("Address of Consul's HTTP API.") @Default("http://127.0.0.1:8500") String url,

            @Doc("Its datacenter. Left out: that of the agent.") @Nullable String datacenter,

            @Doc("A tag that instances must have.") @Nullable String tag,

            @Doc("An expression that instances must fulfil, in Consul's own language.") @Nullable String filter,

            @Doc("Whether only instances are used all of whose checks pass; `false` takes in those with warnings, by their weight for that.") @Default("true") boolean passing,

            @Doc("What is shown to Consul (`X-Consul-Token`).") @Secret @Nullable String token,

            @Doc("How long Consul may keep a question that nothing has changed for (a blocking query).") @Default("60s") Duration maxWait,

            @Doc("Authorities, in PEM, that Consul's certificate must come from. Left out: those that Java trusts.") @Nullable FilePath ca) {

        /// The service of this name, at the agent of this machine.
        @Shorthand
        public static Consul of(String text) {
            return new Consul(text, "http://127.0.0.1:8500", null, null, null, true, null, Duration.ofSeconds(60),
                    null);
        }

        /// Tells no token.
        @Override
        public String toString() {
            return service + " at " + url;
        }
    }

    /// An application in Eureka.
    @Doc("An application in Eureka. Short form: its name, in the registry of this machine.")
    public record Eureka(
            @Doc("Its name.") String app,

            @Doc("Address of the registry, up to where `/apps` begins.") @Default("http://127.0.0.1:8761/eureka") String url,

            @Doc("How often it is asked.") @Default("30s") Duration interval,

            @Doc("Who asks, where the registry wants to know.") @Nullable String username,

            @Doc("The password that goes with it.") @Secret @Nullable String password,

            @Doc("Authorities, in PEM, that the registry's certificate must come from. Left out: those that Java trusts.") @Nullable FilePath ca) {

        /// The application of this name, in the registry of this machine.
        @Shorthand
        public static Eureka of(String text) {
            return new Eureka(text, "http://127.0.0.1:8761/eureka", Duration.ofSeconds(30), null, null, null);
        }

        /// Tells no password.
        @Override
        public String toString() {
            return app + " at " + url;
        }
    }

    /// What kind of source it is: `dns`.
    public String kind() {
        return dns != null
                ? "dns"
                : file != null ? "file" : kubernetes != null ? "kubernetes" : consul != null ? "consul" : "eureka";
    }

    /// The source in words, without secrets: `dns orders.internal:8443`.
    @Override
    public String toString() {
        Object source = dns != null
                ? dns
                : file != null ? file : kubernetes != null ? kubernetes : consul != null ? consul : eureka;
        return kind() + " " + source;
    }
}
