package io.tidegate.testkit;

import io.tidegate.api.BodyTransform;
import io.tidegate.api.Client;
import io.tidegate.api.Decision;
import io.tidegate.api.Exchange;
import io.tidegate.api.Key;
import io.tidegate.api.Principal;
import io.tidegate.api.Response;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One request and its response, for policies under test.
final class TesterExchange implements Exchange {

    /// Which of a policy's calls is under way.
    enum Phase {
        REQUEST, ATTEMPT, RESPONSE, END
    }

    final Confinement confinement = new Confinement();
    final TesterHttpRequest request;
    private final TesterRequest described;
    private final Client client;
    private final Map<Key<?>, Object> values = new HashMap<>();
    private @Nullable TesterHttpResponse response;
    private @Nullable Principal principal;
    Phase phase = Phase.REQUEST;

    TesterExchange(TesterRequest described) {
        this.described = described;
        this.request = new TesterHttpRequest(confinement, described);
        this.client = described.client();
    }

    @Override
    public String id() {
        confinement.check();
        return described.id();
    }

    @Override
    public TesterHttpRequest request() {
        confinement.check();
        return request;
    }

    @Override
    public Response response() {
        confinement.check();
        return answer();
    }

    TesterHttpResponse answer() {
        TesterHttpResponse present = response;
        if (present == null) {
            throw new IllegalStateException("there is no response before onResponse");
        }
        return present;
    }

    void answer(TesterHttpResponse answer) {
        response = answer;
    }

    @Override
    public Client client() {
        confinement.check();
        return client;
    }

    @Override
    public @Nullable String route() {
        confinement.check();
        return described.route();
    }

    @Override
    public @Nullable Principal principal() {
        confinement.check();
        return principal;
    }

    @Override
    public void identify(Principal principal) {
        confinement.check();
        this.principal = principal;
    }

    @Override
    @SuppressWarnings("unchecked") // put keeps the type of the key
    public <T> @Nullable T get(Key<T> key) {
        confinement.check();
        return (T) values.get(key);
    }

    @Override
    public <T> void put(Key<T> key, T value) {
        confinement.check();
        values.put(key, value);
    }

    @Override
    public Decision offload(Callable<? extends Decision> work) {
        confinement.check();
        CompletableFuture<Decision> stage = new CompletableFuture<>();
        Thread.ofVirtual().name("offload").start(() -> {
            try {
                stage.complete(work.call());
            } catch (Throwable e) {
                stage.completeExceptionally(e);
            }
        });
        return Decision.await(stage);
    }

    @Override
    public void transformRequest(BodyTransform transform) {
        confinement.check();
        if (phase != Phase.REQUEST) {
            throw new IllegalStateException("transformRequest is only for onRequest (was called in " + phase + ")");
        }
        request.addTransform(transform);
    }

    @Override
    public void transformResponse(BodyTransform transform) {
        confinement.check();
        if (phase != Phase.RESPONSE) {
            throw new IllegalStateException("transformResponse is only for onResponse (was called in " + phase + ")");
        }
        answer().addTransform(transform);
    }
}
