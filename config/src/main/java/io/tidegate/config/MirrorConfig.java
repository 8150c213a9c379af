package io.tidegate.config;

import io.tidegate.api.ByteSize;
import io.tidegate.api.Default;
import io.tidegate.api.Doc;
import io.tidegate.api.Pattern;
import io.tidegate.api.Range;
import io.tidegate.api.Ratio;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A second upstream that gets copies of a route's requests.
@Doc("A second upstream that gets copies of requests, as they go out behind the policies. Clients never wait for it, and never see its answers.")
public record MirrorConfig(
        @Doc("The upstream that gets the copies.") String upstream,

        @Doc("Share of the requests that are copied.") @Default("100%") Ratio share,

        @Doc("Methods whose requests are copied. What is not safe is done twice where it is listed.") @Default("[GET, HEAD, OPTIONS]") @Range(min = 1) List<String> methods,

        @Doc("Field that tells the service, with the value `true`, that it gets a copy. One that a client sends is removed.") @Default("X-Mirror") @Pattern(value = RetryConfig.NAME, expected = "the name of a header field such as X-Mirror") String header,

        @Doc("Longest body of a request that is copied, 1MiB at most; what has a longer one is not.") @Default("64KiB") ByteSize maxBody,

        @Doc("How long the mirror may take for a copy, connecting included. It is then given up.") @Default("5s") Duration timeout,

        @Doc("Most copies under way at a time, on each event loop; what comes beyond is not copied.") @Default("100") @Range(min = 1, max = 10_000) int maxRunning,

        @Doc("Compares the answers of both. Left out: those of the mirror are dropped.") @Nullable MirrorCompareConfig compare) {

    /// Copies what it is given.
    public MirrorConfig {
        methods = List.copyOf(methods);
    }
}
