package io.tidegate.engine.exchange;

import io.tidegate.api.Fault;
import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import io.tidegate.api.UpstreamFaults;
import io.tidegate.config.FallbackResponseConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What stands in for a service that can't be reached. Only where nothing was sent to it: an answer that looks like the
/// service's must not hide that it may have done what was asked.
final class FallbackAnswer {

    private static final Set<String> UNREACHED = Set.of(UpstreamFaults.UNAVAILABLE.code(),
            UpstreamFaults.CIRCUIT_OPEN.code(),
            UpstreamFaults.CONNECT.code(), UpstreamFaults.CONNECT_TIMEOUT.code(), UpstreamFaults.UNRESOLVED.code(),
            UpstreamFaults.TLS.code(), UpstreamFaults.TLS_EXPIRED.code());

    private FallbackAnswer() {
    }

    /// The answer that is declared.
    static Reply of(FallbackResponseConfig declared) {
        List<Field> fields = new ArrayList<>();
        declared.headers().forEach((name, value) -> fields.add(new Field(name.toLowerCase(Locale.ROOT), value)));
        byte[] body = declared.body().getBytes(StandardCharsets.UTF_8);
        if (body.length > 0) {
            fields.add(new Field("content-type", declared.contentType()));
        }
        return Reply.of(declared.status()).with(fields, body);
    }

    /// Answers it instead of a service to which nothing was sent, where it stands in for this.
    ///
    /// @param instead
    ///            what is declared; null for nothing
    /// @return whether it does
    static boolean standsIn(HttpExchange exchange, ExchangeRecord record, @Nullable Reply instead, Fault fault) {
        if (instead == null || !UNREACHED.contains(fault.code()) || exchange.call().isActive()
                || exchange.request().isHandshake()) {
            return false;
        }
        record.fellBack(fault);
        exchange.onReply(instead);
        return true;
    }
}
