package io.tidegate.expressions;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelVariableResolver;
import dev.cel.runtime.Program;
import io.tidegate.api.ClientCertificate;
import io.tidegate.api.Condition;
import io.tidegate.api.Consumer;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.FaultException;
import io.tidegate.api.Headers;
import io.tidegate.api.Principal;
import io.tidegate.api.TlsClient;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A compiled condition. Reads of the exchange only what the expression asks for.
final class CelCondition implements Condition {

    private final Program program;

    CelCondition(Program program) {
        this.program = program;
    }

    @Override
    public boolean test(Exchange exchange) {
        try {
            return Boolean.TRUE.equals(program.eval(new Variables(exchange)));
        } catch (CelEvaluationException | IllegalArgumentException e) {
            throw new FaultException(Fault.CONDITION_FAILED);
        }
    }

    /// The variables of one exchange.
    private record Variables(Exchange exchange) implements CelVariableResolver {

        @Override
        public Optional<Object> find(String name) {
            return Optional.ofNullable(switch (name) {
                case "request.method" -> exchange.request().method();
                case "request.scheme" -> exchange.request().scheme();
                case "request.host" -> exchange.request().host();
                case "request.path" -> exchange.request().path();
                case "request.query" -> orEmpty(exchange.request().query());
                case "request.headers" -> new HeaderMap(exchange.request().headers());
                case "client.address" -> exchange.client().address();
                case "client.peerAddress" -> exchange.client().peerAddress();
                case "client.secure" -> exchange.client().secure();
                case "client.trusted" -> exchange.client().trusted();
                case "client.listener" -> exchange.client().listener();
                case "client.tlsVersion" -> tls(TlsClient::version);
                case "client.serverName" -> tls(TlsClient::serverName);
                case "client.certificateSubject" -> certificate(ClientCertificate::subject);
                case "client.certificateSha256" -> certificate(ClientCertificate::sha256);
                case "client.spiffeId" -> certificate(ClientCertificate::spiffeId);
                case "consumer.name" -> consumer();
                case "consumer.groups" -> names(Principal::groups);
                case "principal.subject" -> principal(Principal::subject);
                case "principal.issuer" -> principal(Principal::issuer);
                case "principal.method" -> principal(Principal::method);
                case "principal.scopes" -> names(Principal::scopes);
                case "token" -> claims();
                case "route" -> orEmpty(exchange.route());
                default -> null;
            });
        }

        private String tls(Function<TlsClient, @Nullable String> read) {
            TlsClient tls = exchange.client().tls();
            return tls == null ? "" : orEmpty(read.apply(tls));
        }

        private String certificate(Function<ClientCertificate, @Nullable String> read) {
            TlsClient tls = exchange.client().tls();
            ClientCertificate certificate = tls == null ? null : tls.certificate();
            return certificate == null ? "" : orEmpty(read.apply(certificate));
        }

        private String principal(Function<Principal, @Nullable String> read) {
            Principal principal = exchange.principal();
            return principal == null ? "" : orEmpty(read.apply(principal));
        }

        private String consumer() {
            Principal principal = exchange.principal();
            Consumer consumer = principal == null ? null : principal.consumer();
            return consumer == null ? "" : consumer.name();
        }

        private List<String> names(Function<Principal, Set<String>> read) {
            Principal principal = exchange.principal();
            return principal == null ? List.of() : new NameList(read.apply(principal));
        }

        private Map<String, Object> claims() {
            Principal principal = exchange.principal();
            return principal == null ? Map.of() : Claims.of(principal.claims());
        }

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }
    }

    /// A set as the list that the language has in its place: whether a name is in it costs one look-up.
    private static final class NameList extends AbstractList<String> {

        private final Set<String> names;

        NameList(Set<String> names) {
            this.names = names;
        }

        @Override
        public boolean contains(Object name) {
            return names.contains(name);
        }

        @Override
        public Iterator<String> iterator() {
            return names.iterator();
        }

        @Override
        public String get(int index) {
            return names.stream().skip(Objects.checkIndex(index, names.size())).findFirst().orElseThrow();
        }

        @Override
        public int size() {
            return names.size();
        }
    }

    /// The header fields by their lower-case names, several of one name joined. Looks one up where one is asked for;
    /// gathers all of them only where the expression goes through all.
    private static final class HeaderMap extends AbstractMap<String, String> {

        private final Headers headers;

        HeaderMap(Headers headers) {
            this.headers = headers;
        }

        @Override
        public @Nullable String get(Object key) {
            return isName(key) ? headers.get((String) key) : null;
        }

        @Override
        public boolean containsKey(Object key) {
            return isName(key) && headers.contains((String) key);
        }

        /// Names are lower case here, whatever the client wrote: `X-A` is never there.
        private static boolean isName(Object key) {
            return key instanceof String name && name.equals(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public Set<Map.Entry<String, String>> entrySet() {
            Map<String, String> all = new LinkedHashMap<>();
            headers.forEach((name, value) -> all.merge(name.toLowerCase(Locale.ROOT), value,
                    (one, other) -> one + ", " + other));
            return all.entrySet();
        }
    }
}
