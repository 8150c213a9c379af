package io.tidegate.policies;

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
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A POST of ten bytes to `/api/orders?a=1` with a response that hold still: nothing they do allocates memory, so what
/// is allocated is the policy's.
final class StillExchange implements Exchange, Request, Response, Headers, Client {

    private int changes;

    /// Number of changes that were made.
    int changes() {
        return changes;
    }

    @Override
    public String id() {
        return "id";
    }

    @Override
    public Request request() {
        return this;
    }

    @Override
    public Response response() {
        return this;
    }

    @Override
    public Client client() {
        return this;
    }

    @Override
    public @Nullable String route() {
        return "orders";
    }

    @Override
    public @Nullable Principal principal() {
        return null;
    }

    @Override
    public void identify(Principal principal) {
        changes++;
    }

    @Override
    public <T> @Nullable T get(Key<T> key) {
        return null;
    }

    @Override
    public <T> void put(Key<T> key, T value) {
        changes++;
    }

    /// Runs the work at once, so that what it allocates is the policy's too.
    @Override
    public Decision offload(Callable<? extends Decision> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw new AssertionError("the work that a policy handed over failed", e);
        }
    }

    @Override
    public void transformRequest(BodyTransform transform) {
        changes++;
    }

    @Override
    public void transformResponse(BodyTransform transform) {
        changes++;
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public String host() {
        return "gateway.test";
    }

    @Override
    public String authority() {
        return "gateway.test";
    }

    @Override
    public String path() {
        return "/api/orders";
    }

    @Override
    public @Nullable String query() {
        return "a=1";
    }

    @Override
    public List<String> queryParameter(String name) {
        return List.of();
    }

    @Override
    public @Nullable String pathParameter(String name) {
        return null;
    }

    @Override
    public Headers headers() {
        return this;
    }

    @Override
    public long contentLength() {
        return 10;
    }

    @Override
    public void setMethod(String method) {
        changes++;
    }

    @Override
    public void acceptTrailers() {
        changes++;
    }

    @Override
    public void setPath(String path) {
        changes++;
    }

    @Override
    public void setQuery(@Nullable String query) {
        changes++;
    }

    @Override
    public void setAuthority(String authority) {
        changes++;
    }

    @Override
    public void limitBody(long maxBytes) {
        changes++;
    }

    @Override
    public void replaceBody(byte[] body) {
        changes++;
    }

    @Override
    public int status() {
        return 200;
    }

    @Override
    public void setStatus(int status) {
        changes++;
    }

    @Override
    public boolean fromUpstream() {
        return true;
    }

    @Override
    public @Nullable String get(String name) {
        return name.equals("content-type") ? "application/json; charset=utf-8" : null;
    }

    @Override
    public List<String> all(String name) {
        return List.of();
    }

    @Override
    public boolean contains(String name) {
        return false;
    }

    @Override
    public void set(String name, String value) {
        changes++;
    }

    @Override
    public void add(String name, String value) {
        changes++;
    }

    @Override
    public void remove(String name) {
        changes++;
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super String> visitor) {
        visitor.accept("content-type", "application/json");
    }

    @Override
    public String address() {
        return "203.0.113.7";
    }

    @Override
    public String peerAddress() {
        return "203.0.113.7";
    }

    @Override
    public int peerPort() {
        return 54321;
    }

    @Override
    public boolean secure() {
        return false;
    }

    @Override
    public boolean trusted() {
        return false;
    }

    @Override
    public String listener() {
        return "default";
    }
}
