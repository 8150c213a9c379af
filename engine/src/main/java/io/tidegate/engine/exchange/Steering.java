package io.tidegate.engine.exchange;

import io.tidegate.config.RequestKeyConfig;
import io.tidegate.engine.balance.KeyHash;
import io.tidegate.engine.upstream.Caller;
import io.tidegate.engine.upstream.Endpoint;
import io.tidegate.engine.upstream.StickySessions;
import io.tidegate.engine.wire.CookieFields;
import io.tidegate.engine.wire.NamedFields;
import io.tidegate.engine.wire.QueryParameters;
import io.tidegate.engine.wire.RequestHead;
import io.tidegate.engine.wire.ResponseHead;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What of a request decides where it goes, as it goes out: read when it is first asked for, and once for each request.
/// Reused from request to request.
final class Steering implements Caller {

    private final RequestHead request;
    private final Downstream client;
    private @Nullable RequestKeyConfig key;
    private long hash;
    private @Nullable StickySessions sessions;
    private long named;

    Steering(RequestHead request, Downstream client) {
        this.request = request;
        this.client = client;
    }

    /// Another request.
    void begin() {
        key = null;
        sessions = null;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same place in the configuration: that is enough, and quicker
    public long hash(RequestKeyConfig wanted) {
        if (key != wanted) {
            key = wanted;
            hash = switch (wanted.source()) {
                case HEADER -> header(wanted.name());
                case COOKIE -> {
                    byte[] value = CookieFields.value(request, wanted.name());
                    yield value == null ? 0 : KeyHash.of(value, 0, value.length);
                }
                case QUERY -> {
                    List<String> values = QueryParameters.values(request.queryBytes(), request.queryStart(),
                            request.queryEnd(), wanted.name());
                    yield values.isEmpty() ? 0 : KeyHash.of(values.getFirst());
                }
                case PATH -> KeyHash.of(request.pathBytes(), request.pathStart(), request.pathEnd());
                case CLIENT -> KeyHash.of(client.peer().clientAddress());
            };
        }
        return hash;
    }

    private long header(String name) {
        int field = NamedFields.find(request, name);
        if (field >= 0) {
            return KeyHash.of(request.bytes(), request.valueStart(field), request.valueEnd(field));
        }
        String added = NamedFields.added(request, name);
        return added == null ? 0 : KeyHash.of(added);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // of this upstream, not of an equal one
    public long session(StickySessions of) {
        if (sessions != of) {
            sessions = of;
            byte[] value = CookieFields.value(request, of.name());
            named = value == null ? 0 : of.read(client.worker().index(), value, 0, value.length);
            if (value != null && !of.isForwarded()) {
                CookieFields.remove(request, of.name());
            }
        }
        return named;
    }

    /// An endpoint has answered, and the client gets to see that: keeps the client with it. Nobody is kept with one
    /// that answers as gateways do whose services are down.
    void answered(ResponseHead head, Endpoint endpoint) {
        StickySessions keep = endpoint.upstream().sessions();
        if (keep == null) {
            return;
        }
        long said = session(keep);
        int worker = client.worker().index();
        if (said == endpoint.sessionTag()) {
            keep.kept(worker);
        } else if (!Endpoint.isDown(head.status())) {
            head.add("set-cookie", keep.make(worker, said, endpoint.sessionTag(), client.peer().isSecured()));
        }
    }
}
