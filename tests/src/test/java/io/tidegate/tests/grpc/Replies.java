package io.tidegate.tests.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tidegate.testkit.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What comes back on a call: its messages one by one, and its end.
final class Replies implements ClientResponseObserver<byte[], byte[]> {

    private static final byte[] END = {};

    private final LinkedBlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final boolean onDemand;
    private volatile @Nullable ClientCallStreamObserver<byte[]> call;
    private volatile Metadata trailers = new Metadata();

    /// Takes whatever comes.
    Replies() {
        this(false);
    }

    /// @param onDemand
    ///            whether only what is asked for is taken
    Replies(boolean onDemand) {
        this.onDemand = onDemand;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<byte[]> stream) {
        call = stream;
        if (onDemand) {
            stream.disableAutoRequestWithInitial(0);
        }
    }

    /// The call itself.
    ClientCallStreamObserver<byte[]> call() {
        ClientCallStreamObserver<byte[]> running = call;
        if (running == null) {
            throw new AssertionError("the call was not started");
        }
        return running;
    }

    @Override
    public void onNext(byte[] message) {
        messages.add(message);
    }

    @Override
    public void onError(Throwable failure) {
        Metadata behind = Status.trailersFromThrowable(failure);
        if (behind != null) {
            trailers = behind;
        }
        messages.add(END);
        end.complete(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        messages.add(END);
        end.complete(Status.OK);
    }

    /// The next message.
    @SuppressWarnings("ReferenceEquality") // the mark, not an empty message
    byte[] next() throws Exception {
        byte[] message = messages.poll(Await.GUARD.toSeconds(), TimeUnit.SECONDS);
        if (message == null || message == END) {
            throw new AssertionError("a message was expected, but " + (message == null ? "nothing came" : end.get()));
        }
        return message;
    }

    /// How the call ended, once it has.
    Status status() throws Exception {
        return end.get(Await.GUARD.toSeconds(), TimeUnit.SECONDS);
    }

    /// What stood behind the response.
    Metadata trailers() throws Exception {
        status();
        return trailers;
    }

    /// Number of messages that came and were not looked at; the end is one.
    int waiting() {
        return messages.size();
    }
}
