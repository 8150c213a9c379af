package io.tidegate.control.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who may ask the admin listener, and how.
public final class Gate {

    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final String BEARER = "bearer ";

    private final byte @Nullable [] expected;
    private final HostAllowList hosts;
    private final AttemptLimit attempts;
    private final Pause pause;

    /// Lets a virtual thread wait.
    @FunctionalInterface
    public interface Pause {

        /// Waits.
        void of(Duration length) throws InterruptedException;
    }

    /// A gate for a token.
    ///
    /// @param token
    ///            the one that opens; null if there is none, and then nothing does
    /// @param hosts
    ///            names under which the listener may be asked besides those of loopback
    public Gate(@Nullable String token, Set<String> hosts) {
        this(token, hosts, System::nanoTime, Thread::sleep);
    }

    Gate(@Nullable String token, Set<String> hosts, LongSupplier nanoTime, Pause pause) {
        this.expected = token == null ? null : digest(token);
        this.hosts = new HostAllowList(hosts);
        this.attempts = new AttemptLimit(nanoTime);
        this.pause = pause;
    }

    /// Refuses what a browser sends for a page of somebody else's; null for anything else.
    @Nullable
    AdminAnswer refuseForeign(AdminRequest request) {
        List<String> host = request.fields("Host");
        if (host.size() != 1) {
            return AdminAnswer.problem(400, "there must be one Host field (there were " + host.size() + ")");
        }
        if (!hosts.allows(host.getFirst())) {
            return AdminAnswer.problem(403, "Host must be localhost, a loopback address or the configured one");
        }
        if (!request.fields("Origin").isEmpty()) {
            return AdminAnswer.problem(403, "requests of web pages (with an Origin field) are not served");
        }
        return null;
    }

    /// Refuses who does not have the token; null for who has it. Waits before it refuses, longer each time.
    @Nullable
    AdminAnswer refuseWithoutToken(AdminRequest request) {
        List<String> fields = request.fields("Authorization");
        if (fields.size() != 1 || !fields.getFirst().toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return unauthorized("this needs the admin token: 'Authorization: Bearer …'");
        }
        byte[] given = digest(fields.getFirst().substring(BEARER.length()).strip());
        return switch (attempts.attempt(request.client(), () -> MessageDigest.isEqual(expected, given))) {
            case AttemptLimit.Outcome.Right right -> null;
            case AttemptLimit.Outcome.Wrong wrong -> {
                String client = request.client().getHostAddress();
                LOG.warn("admin: wrong token from {} ({} of late)", client, wrong.failures());
                pause(wrong.pause());
                yield unauthorized("the admin token is a different one");
            }
            case AttemptLimit.Outcome.ShutOut shutOut -> AdminAnswer
                    .problem(429, "too many wrong tokens came from this address")
                    .with(Map.of("Retry-After", Long.toString(shutOut.remaining().plusMillis(999).toSeconds())));
        };
    }

    private void pause(Duration length) {
        try {
            pause.of(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static AdminAnswer unauthorized(String detail) {
        return AdminAnswer.problem(401, detail).with(Map.of("WWW-Authenticate", "Bearer realm=\"tidegate\""));
    }

    // Digests have one length, so that comparing them tells nothing of the token's.
    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
