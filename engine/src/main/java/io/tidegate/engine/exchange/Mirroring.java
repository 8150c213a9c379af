package io.tidegate.engine.exchange;

import io.tidegate.engine.mirror.BodyCopy;
import io.tidegate.engine.mirror.Mirror;
import io.tidegate.engine.mirror.RouteMirror;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import org.jspecify.annotations.Nullable;

/// What an exchange does for the mirror of its route: it tells the copy what becomes of the request. Reused from
/// request to request.
final class Mirroring {

    private final HttpExchange exchange;
    private final Downstream client;
    private final RequestHead request;
    private @Nullable Mirror copy;
    private boolean chosen;

    Mirroring(HttpExchange exchange, Downstream client, RequestHead request) {
        this.exchange = exchange;
        this.client = client;
        this.request = request;
    }

    /// A head is about to be written: decides, the first time, whether the request is copied.
    void choose(Route route) {
        RouteMirror mirror = route.mirror();
        if (mirror == null || chosen) {
            return;
        }
        chosen = true;
        // The service must not take what a client says for what the gateway says.
        NamedFields.replace(request, mirror.field(), null);
        Mirror begun = request.isHandshake() ? null : mirror.begin(client.worker(), request.sentMethod());
        if (begun != null) {
            begun.of(exchange.id(), exchange.service().clientConnection().origin());
            copy = begun;
        }
    }

    /// A head has been written.
    void head(HeadWriter written, Route route) {
        if (copy != null) {
            copy.head(written, RequestWriter.keepsHost(request, route.config()), request.method().equals("HEAD"),
                    request.acceptsTrailers() || request.takesTrailers());
        }
    }

    /// The body is about to go out.
    ///
    /// @return whether it is copied
    boolean copyBody(Relay relay) {
        if (copy == null) {
            return false;
        }
        relay.copySent(copy.body());
        return true;
    }

    /// The request is complete.
    void complete() {
        if (copy != null) {
            copy.complete();
        }
    }

    /// The client gets this answer.
    void answered(ResponseHead head, long took) {
        BodyCopy body = copy == null ? null : copy.answered(head, took);
        if (body != null) {
            exchange.responseSide().relay().copyReceived(body);
        }
    }

    /// The exchange is over.
    void over() {
        chosen = false;
        if (copy != null) {
            copy.over();
            copy = null;
        }
    }
}
