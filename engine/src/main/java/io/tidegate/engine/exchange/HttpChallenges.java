package io.tidegate.engine.exchange;

import io.tidegate.api.Reply;
import io.tidegate.engine.wire.RequestHead;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers to authorities that look whether a name leads here (RFC 8555 section 8.3). May be used by all event loops.
public final class HttpChallenges {

    private static final String FOLDER = "/.well-known/acme-challenge/";

    /// By path; null while nobody looks, which is nearly always.
    private volatile @Nullable Map<String, Reply> open;

    /// Puts these in place of those before.
    ///
    /// @param texts
    ///            by token; empty where nobody looks any more
    void show(Map<String, String> texts) {
        Map<String, Reply> next = new HashMap<>();
        texts.forEach((token, text) -> next.put(FOLDER + token,
                Reply.of(200).withBody("application/octet-stream", text).withHeader("cache-control", "no-store")));
        open = next.isEmpty() ? null : next;
    }

    /// The answer to a request for one of these; null for every other.
    @Nullable
    Reply answer(RequestHead request) {
        Map<String, Reply> shown = open;
        return shown == null || !request.method().equals("GET") || request.asterisk()
                ? null
                : shown.get(request.path());
    }
}
