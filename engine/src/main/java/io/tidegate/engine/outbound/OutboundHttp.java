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
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Calls servers by the JDK's client. Each call has a virtual thread, as looking up a name blocks. Each server has a
/// bound of its own, so that one that is slow takes no calls away from the others.
public final class OutboundHttp implements HttpCaller, AutoCloseable {

    private final HttpClientConfig settings;
    private final BackgroundWork threads;
    private final ConcurrentHashMap<String, Semaphore> calls = new ConcurrentHashMap<>();
    private volatile HttpClient client;
    private String files;
    private @Nullable SSLContext tls;

    /// A client with these settings.
    ///
    /// @throws ConfigException
    ///             where a file that they name can't be used
    public OutboundHttp(HttpClientConfig settings, BackgroundWork threads) {
        this.settings = settings;
        this.threads = threads;
        this.files = settings.filesVersion();
        this.tls = context(settings);
        this.client = client(settings, tls);
    }

    /// What these settings trust and show; null for what the JDK has.
    ///
    /// @throws ConfigException
    ///             where a file that they name can't be used
    public static @Nullable SSLContext context(HttpClientConfig settings) {
        try {
            return settings.ca() == null && settings.cert() == null
                    ? null
                    : ClientContexts.of(path(settings.ca()), path(settings.cert()), path(settings.key()));
        } catch (UnusableFileException e) {
            throw new ConfigException("http", "can't use a file of it: " + e.getMessage());
        }
    }

    private static HttpClient client(HttpClientConfig settings, @Nullable SSLContext tls) {
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connectTimeout()).followRedirects(HttpClient.Redirect.NEVER)
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        if (tls != null) {
            builder.sslContext(tls);
        }
        return builder.build();
    }

    /// Takes the files that its settings name as they are now, where one was written since they were read. Calls that
    /// run end with what they began with.
    ///
    /// @throws ConfigException
    ///             where one can't be used; nothing changes then
    public synchronized void renew() {
        String now = settings.filesVersion();
        if (!now.equals(files)) {
            tls = context(settings);
            files = now;
            replace(client);
        }
    }

    /// Takes another client. Calls of the one before run to their ends; then all its connections are closed.
    private synchronized void replace(HttpClient before) {
        if (before.equals(client)) {
            client = client(settings, tls);
            before.shutdown();
        }
    }

    private static @Nullable Path path(@Nullable FilePath file) {
        return file == null ? null : file.path();
    }

    @Override
    public CompletionStage<Answer> send(Call call) {
        CompletableFuture<Answer> result = new CompletableFuture<>();
        Semaphore free = calls.computeIfAbsent(String.valueOf(call.url().getRawAuthority()),
                _ -> new Semaphore(settings.maxCalls()));
        if (!free.tryAcquire()) {
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
                free.release();
                // Whatever happened: somebody waits.
                result.completeExceptionally(new IOException("the call failed"));
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
            if (call.repeatable()) {
                return answer(asked, end);
            }
            throw e;
        }
    }

    private Answer answer(HttpRequest request, long end) throws IOException, InterruptedException {
        BodyHandler<byte[]> all = BodyHandlers.limiting(BodyHandlers.ofByteArray(), settings.maxBody().bytes());
        AtomicBoolean begun = new AtomicBoolean();
        HttpClient by;
        CompletableFuture<HttpResponse<byte[]>> answer;
        // One that was replaced a moment ago would not send it.
        synchronized (this) {
            by = client;
            answer = by.sendAsync(request, head -> {
                begun.set(true);
                return all.apply(head);
            });
        }
        String server = request.uri().getAuthority();
        try {
            return answer(answer.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            throw new IOException("no answer from " + server + " within " + settings.timeout().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String why = "no answer from " + server + ": "
                    + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
            if (isUnreadable(cause)) {
                // The JDK's client leaves the connection open, and keeps what it has read, for as long as it lives.
                replace(by);
                throw new IOException(why, cause);
            }
            throw !begun.get() && (isBroken(cause) || !by.equals(client))
                    ? new BrokenConnectionException(why, cause)
                    : new IOException(why, cause);
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

    /// Whether it is the head of an answer that made no sense: too long, say, or with a length that is no number.
    private static boolean isUnreadable(Throwable failure) {
        return failure instanceof ProtocolException || failure instanceof RuntimeException;
    }

    /// The connection broke before the head of an answer was there.
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
    public synchronized void close() {
        client.shutdownNow();
    }
}
