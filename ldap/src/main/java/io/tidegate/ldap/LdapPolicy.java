package io.tidegate.ldap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.unboundid.ldap.sdk.LDAPException;
import io.tidegate.api.AccessFaults;
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
import io.tidegate.identity.BasicCredentials;
import io.tidegate.identity.Caller;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.Digest;
import io.tidegate.identity.UnknownConsumer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a directory, on a thread of its own, unless the same credentials were right a moment ago.
final class LdapPolicy implements Policy {

    private static final Logger LOG = LoggerFactory.getLogger("tidegate.identity");
    private static final String METHOD = "ldap";
    private static final int MOST_REMEMBERED = 20_000;

    private static final long EVERY = 60_000;

    private final Directory directory;
    private final InstantSource clock;
    private final AtomicLong told = new AtomicLong();

    /// Those whose credentials were right a moment ago.
    private final Cache<Digest, Caller> remembered;

    private final Consumers consumers;
    private final String path;
    private final String issuer;
    private final boolean optional;
    private final boolean hide;
    private final UnknownConsumer unknownConsumer;

    private final Decision missing;
    private final Decision malformed;
    private final Decision invalid;
    private final Decision unknown = Decision.fail(AccessFaults.UNKNOWN_CONSUMER);
    private final Decision unavailable = Decision.fail(AccessFaults.UNAVAILABLE);
    private final Counter accepted;
    private final Counter refused;
    private final Counter known;
    private final Counter failed;

    LdapPolicy(LdapConfig config, PolicyContext context, Directory directory) {
        this.directory = directory;
        clock = context.clock();
        remembered = Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).expireAfterWrite(config.rememberFor())
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis())).executor(Runnable::run).build();
        consumers = context.consumers();
        path = context.path();
        issuer = config.urls().getFirst();
        optional = config.optional();
        hide = config.hideCredentials();
        unknownConsumer = config.unknownConsumer();
        List<Field> challenge = Challenge.of(BasicCredentials.SCHEME).realm(config.realm()).with("charset", "UTF-8")
                .field();
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
        String text = Authorization.credentials(exchange.request(), BasicCredentials.SCHEME);
        if (text == null) {
            return optional ? Decision.next() : counted(refused, missing);
        }
        BasicCredentials credentials = BasicCredentials.read(text);
        if (credentials == null) {
            return counted(refused, malformed);
        }
        // An empty password is a bind as nobody (RFC 4513 section 5.1.2), which directories let pass.
        if (credentials.user().isEmpty() || credentials.password().length == 0) {
            return counted(refused, invalid);
        }
        Digest mark = new Digest.Builder().add(credentials.user()).add(credentials.password()).build();
        Caller caller = remembered.getIfPresent(mark);
        if (caller != null) {
            known.add();
            return pass(exchange, caller);
        }
        return exchange.offload(() -> ask(exchange, credentials, mark));
    }

    /// Runs on a thread of its own: the exchange is touched in what it decides alone.
    private Decision ask(Exchange exchange, BasicCredentials credentials, Digest mark) throws InterruptedException {
        try {
            Directory.User user = directory.check(credentials.user(), credentials.password());
            if (user == null) {
                return counted(refused, invalid);
            }
            Principal principal = new Principal(METHOD, user.dn(), issuer, null, user.groups(), Set.of(),
                    Map.of("username", credentials.user()));
            Caller caller = new Caller(principal, new Identity(Identity.Kind.DIRECTORY, "", user.dn()));
            remembered.put(mark, caller);
            return Decision.resume(() -> pass(exchange, caller));
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

    private Decision pass(Exchange exchange, Caller caller) {
        Principal principal = caller.among(consumers, unknownConsumer);
        if (principal == null) {
            return counted(refused, unknown);
        }
        exchange.identify(principal);
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
