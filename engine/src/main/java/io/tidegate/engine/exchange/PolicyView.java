package io.tidegate.engine.exchange;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Client;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Fault;
import io.tidegate.api.Headers;
import io.tidegate.api.Key;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import io.tidegate.engine.wire.HeaderView;
import io.tidegate.engine.wire.ResponseHead;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An exchange as policies see it, made for each that meets a policy: what is behind it serves another client's request
/// next, so whoever keeps it beyond the end must find nothing there.
final class PolicyView implements Exchange {

    private static final Object[] NOTHING = {};

    private @Nullable HttpExchange exchange;
    private final RequestView request;
    private final ResponseOfExchange response = new ResponseOfExchange();
    private @Nullable Client client;
    private @Nullable Principal principal;
    private @Nullable Object[] values = NOTHING;

    PolicyView(HttpExchange exchange) {
        this.exchange = exchange;
        this.request = new RequestView(this);
    }

    /// The exchange is over: what serves it will serve another client's request.
    void close() {
        exchange = null;
        request.close();
        response.headers.show(null);
    }

    /// The response has this head from here on, for those too who have its fields already.
    void show(ResponseHead head) {
        response.headers.show(head);
    }

    HttpExchange exchange() {
        HttpExchange shown = exchange;
        if (shown == null) {
            throw new IllegalStateException("the exchange is over: a policy may not use it any more");
        }
        return shown;
    }

    @Override
    public String id() {
        return exchange().id();
    }

    @Override
    public Request request() {
        return request;
    }

    @Override
    public Response response() {
        response.head();
        return response;
    }

    @Override
    public Client client() {
        HttpExchange shown = exchange();
        Client seen = client;
        if (seen == null) {
            seen = shown.client();
            client = seen;
        }
        return seen;
    }

    @Override
    public @Nullable String route() {
        return exchange().routeName();
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    /// Who was found to be calling, for logs; null for nobody.
    @Nullable
    String principalName() {
        return principal == null ? null : principal.name();
    }

    @Override
    public void identify(Principal principal) {
        this.principal = principal;
    }

    @Override
    @SuppressWarnings("unchecked") // put keeps nothing else under a key
    public <T> @Nullable T get(Key<T> key) {
        return key.index() < values.length ? (T) values[key.index()] : null;
    }

    @Override
    public <T> void put(Key<T> key, T value) {
        if (key.index() >= values.length) {
            values = Arrays.copyOf(values, key.index() + 4);
        }
        values[key.index()] = value;
    }

    @Override
    public Decision offload(Callable<? extends Decision> work) {
        CompletableFuture<Decision> future = exchange().worker().offload(work);
        return future == null ? Decision.fail(Fault.OVERLOADED) : Decision.await(future);
    }

    @Override
    public void transformRequest(BodyTransform transform) {
        exchange().requestSide().transform(transform);
    }

    @Override
    public void transformResponse(BodyTransform transform) {
        if (exchange().responseSide().head() == null) {
            throw new IllegalStateException("a response's body can be transformed in onResponse only");
        }
        exchange().responseSide().transform(transform);
    }

    /// The head of the response.
    private final class ResponseOfExchange implements Response {

        private final HeaderView headers = new HeaderView();

        private ResponseHead head() {
            ResponseHead head = exchange().responseSide().head();
            if (head == null) {
                throw new IllegalStateException("there is no response yet");
            }
            return head;
        }

        @Override
        public int status() {
            return head().status();
        }

        @Override
        public void setStatus(int status) {
            if (status < 200 || status > 599 || status == 204 || status == 304) {
                throw new IllegalArgumentException("status must be 200 to 599, not 204 or 304 (was " + status + ")");
            }
            head().replaceStatus(status);
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public long contentLength() {
            return exchange().responseSide().length();
        }

        @Override
        public boolean fromUpstream() {
            return !exchange().responseSide().isAnswer();
        }

        @Override
        public void replaceBody(byte[] body) {
            exchange().responseSide().replaceBody(body);
        }
    }
}
