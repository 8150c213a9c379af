package io.tidegate.expressions;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Client;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Headers;
import io.tidegate.api.Key;
import io.tidegate.api.Principal;
import io.tidegate.api.Request;
import io.tidegate.api.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An exchange of a fixed request that counts how often its header fields are gone through. It can only be read.
final class FakeExchange implements Exchange, Request, Client, Headers {

    private final Map<String, List<String>> fields;
    private @Nullable String query = "page=2";
    private @Nullable String route = "orders";
    private @Nullable Principal principal;
    int walks;

    FakeExchange(Map<String, List<String>> fields) {
        this.fields = fields;
    }

    FakeExchange by(Principal caller) {
        principal = caller;
        return this;
    }

    FakeExchange without() {
        query = null;
        route = null;
        return this;
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("a condition only reads");
    }

    @Override
    public String id() {
        return "1";
    }

    @Override
    public Request request() {
        return this;
    }

    @Override
    public Response response() {
        throw readOnly();
    }

    @Override
    public Client client() {
        return this;
    }

    @Override
    public @Nullable String route() {
        return route;
    }

    @Override
    public @Nullable Principal principal() {
        return principal;
    }

    @Override
    public void identify(Principal principal) {
        throw readOnly();
    }

    @Override
    public <T> @Nullable T get(Key<T> key) {
        return null;
    }

    @Override
    public <T> void put(Key<T> key, T value) {
        throw readOnly();
    }

    @Override
    public Decision offload(Callable<? extends Decision> work) {
        throw readOnly();
    }

    @Override
    public void transformRequest(BodyTransform transform) {
        throw readOnly();
    }

    @Override
    public void transformResponse(BodyTransform transform) {
        throw readOnly();
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String scheme() {
        return "https";
    }

    @Override
    public String host() {
        return "api.example.com";
    }

    @Override
    public String authority() {
        return "api.example.com:443";
    }

    @Override
    public String path() {
        return "/orders/7";
    }

    @Override
    public @Nullable String query() {
        return query;
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
        return 0;
    }

    @Override
    public void setMethod(String method) {
        throw readOnly();
    }

    @Override
    public void acceptTrailers() {
        throw readOnly();
    }

    @Override
    public void setPath(String path) {
        throw readOnly();
    }

    @Override
    public void setQuery(@Nullable String text) {
        throw readOnly();
    }

    @Override
    public void setAuthority(String authority) {
        throw readOnly();
    }

    @Override
    public void limitBody(long maxBytes) {
        throw readOnly();
    }

    @Override
    public void replaceBody(byte[] body) {
        throw readOnly();
    }

    @Override
    public String address() {
        return "192.0.2.7";
    }

    @Override
    public String peerAddress() {
        return "10.0.0.1";
    }

    @Override
    public int peerPort() {
        return 5000;
    }

    @Override
    public boolean secure() {
        return true;
    }

    @Override
    public boolean trusted() {
        return false;
    }

    @Override
    public String listener() {
        return "public";
    }

    @Override
    public @Nullable String get(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? null : String.join(", ", values);
    }

    @Override
    public List<String> all(String name) {
        List<String> found = new ArrayList<>();
        fields.forEach((field, values) -> {
            if (field.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT))) {
                found.addAll(values);
            }
        });
        return found;
    }

    @Override
    public boolean contains(String name) {
        return !all(name).isEmpty();
    }

    @Override
    public void set(String name, String value) {
        throw readOnly();
    }

    @Override
    public void add(String name, String value) {
        throw readOnly();
    }

    @Override
    public void remove(String name) {
        throw readOnly();
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super String> visitor) {
        walks++;
        fields.forEach((name, values) -> values.forEach(value -> visitor.accept(name, value)));
    }
}
