package io.tidegate.api;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Calls servers on behalf of a policy. Only addresses that stand in the configuration, or that a server named there
/// tells of, are called; what a client sends never names one.
///
/// Redirects are not followed, no cookies are kept. A call whose connection breaks before an answer has begun is sent
/// once more, as a server may close a connection at the moment in which it is used again: what must not be done twice
/// is asked for by [Call#once]. Each server, by host and port, has the bound of calls for itself: one that is slow takes
/// none away from others ([HttpClientConfig#maxCalls]).
public interface HttpCaller {

    /// Calls a server. Never blocks. The stage completes on any thread, where the exchange must not be touched: what it
    /// leads to is returned through [Decision#await] and [Decision#resume].
    ///
    /// @return its answer, whatever the status; an [IOException] where there is none, within the time-out that the
    ///         policy's configuration gives, and at once where the server has as many calls as it may already
    CompletionStage<Answer> send(Call call);

    /// What is asked.
    ///
    /// @param method
    ///            `GET`, `POST`
    /// @param url
    ///            `http` or `https`, with a host
    /// @param headers
    ///            its fields; `Host`, `Content-Length` and those of the connection are the caller's to write
    /// @param body
    ///            null for none
    /// @param repeatable
    ///            whether it may be sent once more where its connection breaks
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Call(String method, URI url, List<Field> headers, byte @Nullable [] body, boolean repeatable) {

        /// Copies the fields that it is given.
        public Call {
            headers = List.copyOf(headers);
        }

        /// One that may be sent once more where its connection breaks.
        public Call(String method, URI url, List<Field> headers, byte @Nullable [] body) {
            this(method, url, headers, body, true);
        }

        /// The same, sent once whatever happens: it fails where its connection breaks, and whether the server has done
        /// what it asks for is not known then. For what uses something up, such as a code or a token that is good once.
        public Call once() {
            return new Call(method, url, headers, body, false);
        }

        /// Asks for what is there.
        public static Call get(URI url, List<Field> headers) {
            return new Call("GET", url, headers, null);
        }
    }

    /// What came back.
    ///
    /// @param status
    ///            its status, 200 to 599
    /// @param headers
    ///            its fields in their order
    /// @param body
    ///            all of its body, empty for none; the receiver's
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, List<Field> headers, byte[] body) {

        /// Copies the fields that it is given.
        public Answer {
            headers = List.copyOf(headers);
        }

        /// The first value of a field, its name compared without regard to case; null where there is none.
        public @Nullable String header(String name) {
            for (Field field : headers) {
                if (field.name().equalsIgnoreCase(name)) {
                    return field.value();
                }
            }
            return null;
        }
    }
}
