package io.tidegate.identity.oidc;

import io.tidegate.api.Background;
import io.tidegate.api.StateStore;
import io.tidegate.identity.oidc.Session.Tokens;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Gets new tokens, once for each refresh token, however many requests ask at the same time or a little later.
///
/// A provider may take a refresh token once only, and end everything where it comes a second time (RFC 9700 section
/// 4.14.2); a browser with several tabs sends the same one with each of them, and keeps an old cookie until the answer
/// to one of them is there. So what came of a refresh token is kept for a while, sealed, under its digest. Of gateways
/// that share their state one asks, and the others wait for what it gets.
///
/// ```
/// nothing → at work → new tokens        kept for GRACE
///              ├────→ refused           likewise
///              └────→ nothing           the provider can't be asked
/// ```
///
final class Refreshes {

    private static final byte AT_WORK = 0;
    private static final byte REFUSED = 1;
    private static final byte RENEWED = 2;
    private static final Duration GRACE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(100);

    private final StateStore state;
    private final Background background;
    private final Seal seal;
    private final String purpose;
    private final Duration patience;
    private final Function<Session, CompletionStage<Renewal>> provider;
    private final Map<String, CompletableFuture<Renewal>> running = new ConcurrentHashMap<>();

    /// @param provider
    ///            asks for new tokens; never fails otherwise than by what it says
    /// @param patience
    ///            longest time that it takes
    Refreshes(StateStore state, Background background, Seal seal, String purpose,
            Function<Session, CompletionStage<Renewal>> provider, Duration patience) {
        this.state = state;
        this.background = background;
        this.seal = seal;
        this.purpose = purpose;
        this.provider = provider;
        this.patience = patience;
    }

    /// New tokens for a session.
    CompletionStage<Renewal> of(Session session) {
        String key = "refresh." + Seal.digest(purpose, session.tokens().refresh());
        CompletableFuture<Renewal> mine = new CompletableFuture<>();
        CompletableFuture<Renewal> there = running.putIfAbsent(key, mine);
        if (there != null) {
            return there;
        }
        state.putIfAbsent(key, new byte[]{AT_WORK}, patience.multipliedBy(2)).whenComplete((value, failure) -> {
            if (failure != null) {
                finish(key, mine, Renewal.Failed.UNAVAILABLE);
            } else if (value.isEmpty()) {
                ask(key, session, mine);
            } else {
                settle(key, value.get(), mine, patience.dividedBy(POLL));
            }
        });
        return mine;
    }

    /// Whoever asks from here on finds what is kept.
    private void finish(String key, CompletableFuture<Renewal> result, Renewal renewal) {
        running.remove(key, result);
        result.complete(renewal);
    }

    private void ask(String key, Session session, CompletableFuture<Renewal> result) {
        provider.apply(session).exceptionally(_ -> Renewal.Failed.UNAVAILABLE).thenCompose(renewal -> {
            CompletionStage<?> kept = switch (renewal) {
                case Renewal.Renewed(Tokens tokens) -> state.put(key, sealed(key, tokens), GRACE);
                case Renewal.Failed.REFUSED -> state.put(key, new byte[]{REFUSED}, GRACE);
                case Renewal.Failed.UNAVAILABLE -> state.remove(key);
            };
            return kept.handle((_, _) -> renewal);
        }).whenComplete((renewal, failure) -> finish(key, result,
                failure == null ? renewal : Renewal.Failed.UNAVAILABLE));
    }

    /// Another gateway has asked, or another request did a moment ago.
    private void settle(String key, byte[] value, CompletableFuture<Renewal> result, long tries) {
        switch (value[0]) {
            case RENEWED -> {
                Tokens tokens = Tokens.read(seal.open(Arrays.copyOfRange(value, 1, value.length), purpose + key));
                finish(key, result, tokens == null ? Renewal.Failed.REFUSED : new Renewal.Renewed(tokens));
            }
            case AT_WORK -> {
                if (tries <= 0) {
                    finish(key, result, Renewal.Failed.UNAVAILABLE);
                } else {
                    background.later(POLL, () -> look(key, result, tries - 1));
                }
            }
            default -> finish(key, result, Renewal.Failed.REFUSED);
        }
    }

    private void look(String key, CompletableFuture<Renewal> result, long tries) {
        state.get(key).whenComplete((value, failure) -> {
            if (failure != null || value.isEmpty()) {
                finish(key, result, Renewal.Failed.UNAVAILABLE);
            } else {
                settle(key, value.get(), result, tries);
            }
        });
    }

    private byte[] sealed(String key, Tokens tokens) {
        byte[] sealed = seal.seal(tokens.bytes(), purpose + key);
        byte[] value = new byte[sealed.length + 1];
        value[0] = RENEWED;
        System.arraycopy(sealed, 0, value, 1, sealed.length);
        return value;
    }
}
