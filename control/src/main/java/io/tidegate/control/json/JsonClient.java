package io.tidegate.control.json;

import io.tidegate.api.FilePath;
import io.tidegate.config.pem.ClientContexts;
import io.tidegate.config.pem.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Asks a server that answers in JSON. Answers are bounded in size and time; redirects are not followed, since secrets
/// would go there too.
public final class JsonClient implements AutoCloseable {

    /// Largest answer.
    public static final int LARGEST = 8 << 20;
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final @Nullable FilePath ca;
    private @Nullable HttpClient client;
    private boolean closed;

    /// An answer.
    public static final class Reply {

        private final int status;
        private final HttpHeaders headers;
        private final byte[] body;

        private Reply(HttpResponse<byte[]> response) {
            this.status = response.statusCode();
            this.headers = response.headers();
            this.body = response.body();
        }

        /// Its status.
        public int status() {
            return status;
        }

        /// Its fields.
        public HttpHeaders headers() {
            return headers;
        }

        /// What it holds.
        ///
        /// @throws IOException
        ///             where that is no JSON
        public JsonTree json() throws IOException {
            return JsonTree.read(body);
        }
    }

    /// Asks nobody yet.
    ///
    /// @param ca
    ///            authorities to trust, in PEM; null for those that Java trusts
    public JsonClient(@Nullable FilePath ca) {
        this.ca = ca;
    }

    /// Asks, and takes the whole answer.
    ///
    /// @param limit
    ///            until the end of the answer
    public Reply get(URI uri, Map<String, String> fields, Duration limit) throws IOException, InterruptedException {
        return whole(HttpRequest.newBuilder(uri), fields, limit);
    }

    /// Sends JSON, and takes the whole answer.
    ///
    /// @param limit
    ///            until the end of the answer
    public Reply post(URI uri, Map<String, String> fields, String json, Duration limit)
            throws IOException, InterruptedException {
        return whole(HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(json)).header("Content-Type",
                "application/json"), fields, limit);
    }

    private Reply whole(HttpRequest.Builder request, Map<String, String> fields, Duration limit)
            throws IOException, InterruptedException {
        return new Reply(send(request, fields, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST), limit));
    }

    /// Asks, and takes the answer as it comes, however long that takes.
    ///
    /// @param limit
    ///            until the head of the answer
    public HttpResponse<InputStream> stream(URI uri, Map<String, String> fields, Duration limit)
            throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri), fields, BodyHandlers.ofInputStream(), limit);
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder builder, Map<String, String> fields, BodyHandler<T> body,
            Duration limit) throws IOException, InterruptedException {
        for (Map.Entry<String, String> field : fields.entrySet()) {
            try {
                builder.header(field.getKey(), field.getValue());
            } catch (IllegalArgumentException e) {
                // Its message has the value, which may be a secret.
                throw new IOException("the value of " + field.getKey() + " can't stand in a field: it has characters"
                        + " such as line breaks");
            }
        }
        HttpRequest request = builder.header("Accept", "application/json").build();
        String server = request.uri().getAuthority();
        CompletableFuture<HttpResponse<T>> answer = client().sendAsync(request, body);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer from " + server + " within " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("no answer from " + server + ": "
                    + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()), e);
        } finally {
            answer.cancel(true);
        }
    }

    private synchronized HttpClient client() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        HttpClient made = client;
        if (made == null) {
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT)
                    .version(HttpClient.Version.HTTP_1_1).executor(Executors.newVirtualThreadPerTaskExecutor());
            if (ca != null) {
                builder.sslContext(trusting(ca));
            }
            made = builder.build();
            client = made;
        }
        return made;
    }

    private static SSLContext trusting(FilePath ca) throws IOException {
        try {
            return ClientContexts.trusting(ca.path());
        } catch (UnusableFileException e) {
            throw new IOException("can't use the file " + ca + ": " + e.getMessage(), e);
        }
    }

    /// Whoever waits for an answer gets an [IOException].
    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.shutdownNow();
        }
    }
}
