package io.tidegate.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import io.tidegate.api.AccessFaults;
import io.tidegate.api.Consumer;
import io.tidegate.api.Consumers;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Identity;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.identity.Authorization;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.UnknownConsumer;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a directory, on a thread of its own, unless the same credentials were right a moment ago.
final class LdapPolicy implements Policy {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.identity");
    private static final String METHOD = "ldap";
    private static final String SCHEME = "Basic";

    private static final long EVERY = 60_000;

    private final Directory directory;
    private final InstantSource clock;
    private final AtomicLong told = new AtomicLong();
    private final Remembered remembered;
    private final Consumers consumers;
    private final String path;
    private final String issuer;
    private final boolean optional;
    private final boolean hide;
    private final boolean anybody;

    private final Decision missing;
    private final Decision malformed;
    private final Decision invalid;
    private final Decision unknown = Decision.fail(AccessFaults.UNKNOWN_CONSUMER);
    private final Decision unavailable = Decision.fail(AccessFaults.UNAVAILABLE,
            List.of(new Field("retry-after", "1")));
    private final Counter accepted;
    private final Counter refused;
    private final Counter known;
    private final Counter failed;

    LdapPolicy(LdapConfig config, PolicyContext context, Directory directory) {
        this.directory = directory;
        remembered = new Remembered(config.rememberFor(), context.clock());
        clock = context.clock();
        consumers = context.consumers();
        path = context.path();
        issuer = config.urls().getFirst();
        optional = config.optional();
        hide = config.hideCredentials();
        anybody = config.unknownConsumer() == UnknownConsumer.ALLOW;
        List<Field> challenge = Challenge.of(SCHEME).with("realm", config.realm()).with("charset", "UTF-8").field();
        missing = Decision.fail(AccessFaults.MISSING, challenge);
        malformed = Decision.fail(AccessFaults.MALFORMED, challenge);
        invalid = Decision.fail(AccessFaults.INVALID, challenge);
        accepted = context.counter("accepted");
        refused = context.counter("refused");
        known = context.counter("remembered");
        failed = context.counter("unavailable");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        String text = Authorization.credentials(exchange.request(), SCHEME);
        if (text == null) {
            return optional ? Decision.next() : counted(refused, missing);
        }
        BasicCredentials credentials = BasicCredentials.parse(text);
        if (credentials == null) {
            return counted(refused, malformed);
        }
        // An empty password is a bind as nobody (RFC 4513 section 5.1.2), which directories let pass.
        if (credentials.username().isEmpty() || credentials.password().isEmpty()) {
            return counted(refused, invalid);
        }
        ByteBuffer mark = remembered.mark(credentials.username(), credentials.password());
        Directory.User user = remembered.get(mark);
        if (user != null) {
            known.add();
            return pass(exchange, credentials.username(), user);
        }
        return exchange.offload(() -> ask(exchange, credentials, mark));
    }

    /// Runs on a thread of its own: the exchange is touched in what it decides alone.
    private Decision ask(Exchange exchange, BasicCredentials credentials, ByteBuffer mark) throws InterruptedException {
        try {
            Directory.User user = directory.check(credentials.username(), credentials.password());
            if (user == null) {
                return counted(refused, invalid);
            }
            remembered.put(mark, user);
            return Decision.resume(() -> pass(exchange, credentials.username(), user));
        } catch (LDAPException e) {
            tell(e);
            return counted(failed, unavailable);
        }
    }

    /// Once a minute: each request meets it.
    private void tell(LDAPException e) {
        long now = clock.millis();
        long before = told.get();
        if (now - before >= EVERY && told.compareAndSet(before, now)) {
            LOG.warn("policy {}: the directory can't be asked: {}", path, e.getResultCode());
        }
    }

    private Decision pass(Exchange exchange, String username, Directory.User user) {
        Consumer consumer = consumers.identified(new Identity(Identity.Kind.DIRECTORY, "", user.dn()));
        if (consumer == null && !anybody) {
            return counted(refused, unknown);
        }
        Set<String> groups = new HashSet<>(user.groups());
        if (consumer != null) {
            groups.addAll(consumer.groups());
        }
        exchange.identify(new Principal(METHOD, user.dn(), issuer, consumer, groups, Set.of(),
                Map.of("username", username)));
        if (hide) {
            Authorization.hide(exchange.request());
        }
        accepted.add();
        return Decision.next();
    }

    private static Decision counted(Counter counter, Decision decision) {
        counter.add();
        return decision;
    }

    @Override
    public void close() {
        directory.close();
    }
}
