package io.tidegate.identity.basicauth;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.Counter;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Field;
import io.tidegate.api.Policy;
import io.tidegate.api.PolicyContext;
import io.tidegate.api.Principal;
import io.tidegate.identity.Authorization;
import io.tidegate.identity.BasicCredentials;
import io.tidegate.identity.Challenge;
import io.tidegate.identity.Digest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Checks user names and passwords. One that was right lately is found on the event loop; hashing is done elsewhere,
/// and once for all requests that show the same password at a time.
final class BasicAuthPolicy implements Policy {

    private static final String METHOD = "basicAuth";

    /// Most characters of a user name: more is declared of nobody.
    private static final int MOST_USER = 255;

    private final Users users;
    private final Checks checks;
    private final boolean hide;
    private final boolean optional;
    private final Decision missing;
    private final Decision malformed;
    private final Decision invalid;
    private final Decision unavailable = Decision.fail(AccessFaults.UNAVAILABLE);
    private final Counter accepted;
    private final Counter refused;
    private final Counter hashed;
    private final Counter throttled;

    BasicAuthPolicy(BasicAuthConfig config, PolicyContext context) {
        this.users = new Users(context.consumers());
        Gate gate = context.shared("gate", Gate::new);
        this.checks = context.shared("checks/" + config.rememberFor() + "/" + config.failures() + "/"
                + config.failureWindow(), () -> new Checks(config, gate, context.background(), context.clock()));
        this.hide = config.hideCredentials();
        this.optional = config.optional();
        List<Field> challenge = Challenge.of(BasicCredentials.SCHEME).realm(config.realm()).with("charset", "UTF-8")
                .field();
        this.missing = Decision.fail(AccessFaults.MISSING, challenge);
        this.malformed = Decision.fail(AccessFaults.MALFORMED, challenge);
        this.invalid = Decision.fail(AccessFaults.INVALID, challenge);
        this.accepted = context.counter("accepted");
        this.refused = context.counter("refused");
        this.hashed = context.counter("hashed");
        this.throttled = context.counter("throttled");
    }

    @Override
    public Decision onRequest(Exchange exchange) {
        String token = Authorization.credentials(exchange.request(), BasicCredentials.SCHEME);
        if (token == null) {
            return optional ? Decision.next() : refused(missing);
        }
        BasicCredentials shown = BasicCredentials.read(token);
        if (shown == null || shown.user().isEmpty() || shown.user().length() > MOST_USER) {
            return refused(malformed);
        }
        Users.User user = users.named(shown.user());
        Digest password = new Digest.Builder().add(shown.user()).add(shown.password())
                .add(user == null ? "" : user.text()).build();
        if (user != null && checks.remembers(password)) {
            return accepted(exchange, user, shown.user());
        }
        CompletableFuture<Boolean> check = checks.underWay(password);
        if (check == null) {
            String network = CallerNetwork.of(exchange.client().address());
            Digest caller = new Digest.Builder().add(shown.user()).add(network).build();
            long wait = checks.begin(caller);
            if (wait > 0) {
                throttled.add();
                return Decision.fail(AccessFaults.TOO_MANY_FAILURES,
                        List.of(new Field("retry-after", Long.toString(wait))));
            }
            PasswordHash hash = user == null ? users.decoy(shown.user()) : user.hash();
            check = checks.check(password, caller, network, hash, shown.password(), user != null);
            if (check == null) {
                checks.forget(caller);
                return unavailable;
            }
            hashed.add();
        }
        return Decision.await(check.handle((correct, failure) -> Decision
                .resume(() -> failure == null ? told(exchange, user, shown.user(), correct) : unavailable)));
    }

    private Decision told(Exchange exchange, Users.@Nullable User user, String name, boolean correct) {
        return user != null && correct ? accepted(exchange, user, name) : refused(invalid);
    }

    private Decision accepted(Exchange exchange, Users.User user, String name) {
        if (hide) {
            Authorization.hide(exchange.request());
        }
        exchange.identify(Principal.of(METHOD, user.consumer(), Map.of("username", name)));
        accepted.add();
        return Decision.next();
    }

    private Decision refused(Decision why) {
        refused.add();
        return why;
    }
}
