package io.tidegate.engine.outbound;

import io.tidegate.api.ConfigException;
import io.tidegate.api.Field;
import io.tidegate.api.FilePath;
import io.tidegate.api.HttpCaller;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.config.pem.ClientContexts;
import io.tidegate.config.pem.UnusableFileException;
import io.tidegate.engine.worker.BackgroundWork;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Calls servers by the JDK's client. Each call has a virtual thread, as looking up a name blocks.
public final class OutboundHttp implements HttpCaller, AutoCloseable {

    private final HttpClientConfig settings;
    private final BackgroundWork threads;
    private final Semaphore calls;
    private volatile Made made;

    /// A client, and which files it was made with.
    private record Made(HttpClient client, String files) {
    }

    /// A client with these settings.
    ///
    /// @throws ConfigException
    ///             where a file that they name can't be used
    public OutboundHttp(HttpClientConfig settings, BackgroundWork threads) {
        this.settings = settings;
        this.threads = threads;
        this.calls = new Semaphore(settings.maxCalls());
        this.made = make(settings.filesVersion());
    }

    /// Uses its files as they are now: certificates are renewed at the place where they are. Calls that run go on as
    /// they began.
    ///
    /// @throws ConfigException
    ///             where they can't be used; then all stays as it was
    public synchronized void renew() {
        Made before = made;
        String files = settings.filesVersion();
        if (!files.equals(before.files)) {
            made = make(files);
            threads.later(settings.timeout().multipliedBy(2), before.client::shutdownNow);
        }
    }

    private Made make(String files) {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout()).followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        try {
            if (settings.ca() != null || settings.cert() != null) {
                builder.sslContext(ClientContexts.of(path(settings.ca()), path(settings.cert()),
                        path(settings.key())));
            }
        } catch (UnusableFileException e) {
            throw new ConfigException("http", "can't use a file of it: " + e.getMessage());
        }
        return new Made(builder.build(), files);
    }

    private static @Nullable Path path(@Nullable FilePath file) {
        return file == null ? null : file.path();
    }

    @Override
    public CompletionStage<Answer> send(Call call) {
        CompletableFuture<Answer> result = new CompletableFuture<>();
        if (!calls.tryAcquire()) {
            result.completeExceptionally(
                    new IOException("more than " + settings.maxCalls() + " calls at a time would be made"));
            return result;
        }
        threads.now(() -> {
            try {
                result.complete(answer(call));
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e instanceof IOException ? e : new IOException(e.getMessage(), e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                result.completeExceptionally(new IOException("interrupted", e));
            } finally {
                calls.release();
            }
        });
        return result;
    }

    private Answer answer(Call call) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(call.url()).method(call.method(), call.body() == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(call.body()));
        call.headers().forEach(field -> request.header(field.name(), field.value()));
        HttpRequest asked = request.build();
        long end = System.nanoTime() + settings.timeout().toNanos();
        try {
            return answer(asked, end);
        } catch (BrokenConnectionException e) {
            // A server may close a connection at the moment in which the next question is sent on it.
            return answer(asked, end);
        }
    }

    private Answer answer(HttpRequest request, long end) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = made.client.sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), settings.maxBody().bytes()));
        String server = request.uri().getAuthority();
        try {
            return answer(answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new IOException("no answer from " + server + " within " + settings.timeout().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String why = "no answer from " + server + ": "
                    + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
            throw isBroken(cause) ? new BrokenConnectionException(why, cause) : new IOException(why, cause);
        } finally {
            answer.cancel(true);
        }
    }

    private static boolean isBroken(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof EOFException || at instanceof ClosedChannelException
                    || (at instanceof SocketException && !(at instanceof ConnectException))) {
                return true;
            }
        }
        return false;
    }

    /// The connection broke before the whole answer was there.
    private static final class BrokenConnectionException extends IOException {

        private static final long serialVersionUID = 1L;

        BrokenConnectionException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        List<Field> fields = new ArrayList<>();
        response.headers().map()
                .forEach((name, values) -> values.forEach(value -> fields.add(new Field(name, value))));
        return new Answer(response.statusCode(), fields, response.body());
    }

    /// Calls that run fail.
    @Override
    public void close() {
        made.client.shutdownNow();
    }
}
