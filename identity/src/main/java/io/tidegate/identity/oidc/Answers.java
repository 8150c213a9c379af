package io.tidegate.identity.oidc;

import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import java.util.List;

/// What the gateway itself answers to browsers; nothing of it may be kept by caches.
final class Answers {

    /// Keeps caches from keeping an answer.
    static final List<Field> NOT_KEPT = List.of(new Field("cache-control", "no-store"));

    /// Beside 503.
    static final List<Field> UNAVAILABLE = List.of(NOT_KEPT.getFirst(), new Field("retry-after", "1"));

    private static final byte[] NOTHING = {};

    private Answers() {
    }

    /// Sends a browser elsewhere. Where it comes from is not told: the address may hold a code.
    static Reply redirect(int status, String location, List<Field> fields) {
        return Reply.of(status).withHeader("location", location).withHeader("cache-control", "no-store")
                .withHeader("referrer-policy", "no-referrer").with(fields, NOTHING);
    }

    /// Says that something was done.
    static Reply done(int status, List<Field> fields) {
        return Reply.of(status).withHeader("cache-control", "no-store").with(fields, NOTHING);
    }
}
