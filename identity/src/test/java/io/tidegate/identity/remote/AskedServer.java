package io.tidegate.identity.remote;

import io.tidegate.api.ByteSize;
import io.tidegate.api.HttpClientConfig;
import io.tidegate.testkit.RawRequest;
import io.tidegate.testkit.TestUpstream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Function;

/// A server that policies under test ask, and that answers as it is told.
public final class AskedServer implements AutoCloseable {

    /// An answer that never comes.
    public static final String SILENCE = "";

    /// The end of the connection in place of an answer.
    public static final String BREAK = "break";

    private final TestUpstream upstream;
    private volatile Function<RawRequest, String> answer = _ -> SILENCE;

    private AskedServer() {
        upstream = TestUpstream.start(connection -> {
            RawRequest request;
            while ((request = connection.request()) != null) {
                String text = answer.apply(request);
                if (text.equals(BREAK)) {
                    return;
                }
                if (text.isEmpty()) {
                    connection.awaitEnd();
                    return;
                }
                connection.send(text);
            }
        });
    }

    /// One that says nothing yet.
    public static AskedServer start() {
        return new AskedServer();
    }

    /// From now on it answers every request with this.
    public AskedServer answers(String text) {
        answer = _ -> text;
        return this;
    }

    /// From now on it answers so.
    public AskedServer answers(Function<RawRequest, String> by) {
        answer = by;
        return this;
    }

    /// 200 with this JSON.
    public static String json(String body) {
        return answer(200, "Content-Type: application/json\r\n", body);
    }

    /// An answer with this status and body.
    ///
    /// @param fields
    ///            lines, each with its end
    public static String answer(int status, String fields, String body) {
        return "HTTP/1.1 " + status + " Said\r\n" + fields + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    /// Its address with this path.
    public String url(String path) {
        return upstream.url() + path;
    }

    /// How many requests came.
    public int calls() {
        return upstream.requestCount();
    }

    /// The request of this number, from 0.
    public RawRequest request(int index) {
        return upstream.request(index);
    }

    /// Calls that wait for at most this many milliseconds.
    public static HttpClientConfig http(long millis) {
        return http(millis, 64);
    }

    /// At most so many calls that wait for at most this many milliseconds.
    public static HttpClientConfig http(long millis, int calls) {
        return new HttpClientConfig(Duration.ofSeconds(20), Duration.ofMillis(millis), new ByteSize(4096), calls, null,
                null, null);
    }

    @Override
    public void close() {
        upstream.close();
    }
}
