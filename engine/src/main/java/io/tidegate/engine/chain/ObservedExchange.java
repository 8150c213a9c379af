package io.tidegate.engine.chain;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Client;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Headers;
import io.tidegate.api.Key;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What a policy sees that observes: everything, but what it changes stays as it is.
final class ObservedExchange implements Exchange {

    private final Exchange actual;
    private final Request request = new ObservedRequest();
    private final Response response = new ObservedResponse();

    private boolean changing;
    private @Nullable Principal found;
    private @Nullable Principal instead;

    ObservedExchange(Exchange actual) {
        this.actual = actual;
    }

    /// Whether something would have been changed since the last call.
    boolean takeChanging() {
        boolean was = changing;
        changing = false;
        return was;
    }

    private void wouldChange(boolean really) {
        changing |= really;
    }

    @Override
    public String id() {
        return actual.id();
    }

    @Override
    public Request request() {
        return request;
    }

    @Override
    public Response response() {
        // The call fails before there is one, as it has to.
        actual.response();
        return response;
    }

    @Override
    public Client client() {
        return actual.client();
    }

    @Override
    public @Nullable String route() {
        return actual.route();
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // whether somebody was identified since, be it the same one
    public @Nullable Principal principal() {
        Principal known = actual.principal();
        return found != null && known == instead ? found : known;
    }

    @Override
    public void identify(Principal principal) {
        // Who only observes lets nobody in: it is known to those alone that only observe too.
        found = principal;
        instead = actual.principal();
    }

    @Override
    public <T> @Nullable T get(Key<T> key) {
        return actual.get(key);
    }

    @Override
    public <T> void put(Key<T> key, T value) {
        // A value kept is no change of the message; the policy needs it in its later calls.
        actual.put(key, value);
    }

    @Override
    public Decision offload(Callable<? extends Decision> work) {
        return actual.offload(work);
    }

    @Override
    public void transformRequest(BodyTransform transform) {
        wouldChange(true);
    }

    @Override
    public void transformResponse(BodyTransform transform) {
        wouldChange(true);
    }

    private final class ObservedRequest implements Request {

        private final Headers headers = new ObservedHeaders(false);

        @Override
        public String method() {
            return actual.request().method();
        }

        @Override
        public String scheme() {
            return actual.request().scheme();
        }

        @Override
        public String host() {
            return actual.request().host();
        }

        @Override
        public String authority() {
            return actual.request().authority();
        }

        @Override
        public String path() {
            return actual.request().path();
        }

        @Override
        public @Nullable String query() {
            return actual.request().query();
        }

        @Override
        public List<String> queryParameter(String name) {
            return actual.request().queryParameter(name);
        }

        @Override
        public @Nullable String pathParameter(String name) {
            return actual.request().pathParameter(name);
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public long contentLength() {
            return actual.request().contentLength();
        }

        @Override
        public void setMethod(String method) {
            wouldChange(!method.equals(method()));
        }

        @Override
        public void acceptTrailers() {
            wouldChange(true);
        }

        @Override
        public void setPath(String path) {
            wouldChange(!path.equals(path()));
        }

        @Override
        public void setQuery(@Nullable String query) {
            wouldChange(!Objects.equals(query, query()));
        }

        @Override
        public void setAuthority(String authority) {
            wouldChange(!authority.equals(authority()));
        }

        @Override
        public boolean isGrpc() {
            return actual.request().isGrpc();
        }

        @Override
        public void limitBody(long maxBytes) {
            // Not while observing.
        }

        @Override
        public void replaceBody(byte[] body) {
            wouldChange(true);
        }
    }

    private final class ObservedResponse implements Response {

        private final Headers headers = new ObservedHeaders(true);

        @Override
        public int status() {
            return actual.response().status();
        }

        @Override
        public void setStatus(int status) {
            wouldChange(status != status());
        }

        @Override
        public Headers headers() {
            return headers;
        }

        @Override
        public long contentLength() {
            return actual.response().contentLength();
        }

        @Override
        public boolean fromUpstream() {
            return actual.response().fromUpstream();
        }

        @Override
        public void replaceBody(byte[] body) {
            wouldChange(true);
        }
    }

    private final class ObservedHeaders implements Headers {

        private final boolean ofResponse;

        ObservedHeaders(boolean ofResponse) {
            this.ofResponse = ofResponse;
        }

        private Headers headers() {
            return ofResponse ? actual.response().headers() : actual.request().headers();
        }

        @Override
        public @Nullable String get(String name) {
            return headers().get(name);
        }

        @Override
        public List<String> all(String name) {
            return headers().all(name);
        }

        @Override
        public boolean contains(String name) {
            return headers().contains(name);
        }

        @Override
        public void set(String name, String value) {
            wouldChange(!all(name).equals(List.of(value)));
        }

        @Override
        public void add(String name, String value) {
            wouldChange(true);
        }

        @Override
        public void remove(String name) {
            wouldChange(contains(name));
        }

        @Override
        public void forEach(BiConsumer<? super String, ? super String> visitor) {
            headers().forEach(visitor);
        }
    }
}
