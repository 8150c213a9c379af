package io.tidegate.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Trailers;
import io.tidegate.engine.worker.Worker;

/// A client's side of an exchange that checks that nothing is sent twice, nor behind the end.
final class RecordingClient implements Downstream {

    boolean writable = true;
    private final Worker worker;
    private final Peer peer;
    private int heads;
    private boolean ended;
    private boolean gone;
    private boolean wantsBody;
    private boolean dropping;
    private boolean closing;

    RecordingClient(ExchangeWorld world) {
        this.worker = world.worker();
        this.peer = world.peer();
    }

    /// The client has closed its connection.
    void gone() {
        gone = true;
    }

    int heads() {
        return heads;
    }

    /// Whether it waits for something.
    boolean isOpen() {
        return !ended && !gone;
    }

    boolean isEnded() {
        return ended;
    }

    /// Whether bytes of the request's body go to the exchange.
    boolean takesBody() {
        return wantsBody && !dropping && isOpen();
    }

    private void sending() {
        assertThat(heads).as("heads sent before a body").isEqualTo(1);
        assertThat(ended).as("something is sent behind the end").isFalse();
        assertThat(gone).as("something is sent to a client that has gone").isFalse();
    }

    @Override
    public Worker worker() {
        return worker;
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public Framing framing() {
        return Framing.CHUNKS;
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public void sendHead(HeadWriter head, int expected) {
        heads++;
        sending();
    }

    @Override
    public void sendRange(ByteBuf in, int start, int length) {
        sending();
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        sending();
    }

    @Override
    public void sendTrailers(Trailers trailers) {
        sending();
    }

    @Override
    public void flush() {
        // Allowed at any time.
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void keepFraming(boolean framing) {
        assertThat(ended).isFalse();
    }

    @Override
    public void readBody(boolean on) {
        assertThat(gone).as("a body is asked for of a client that has gone").isFalse();
        wantsBody = on;
    }

    @Override
    public void openTunnel() {
        // Nothing is opened in these tests.
    }

    @Override
    public boolean closesAfterResponse() {
        return closing;
    }

    @Override
    public void restAfterResponse(long nanos) {
        // There is no connection that could rest.
    }

    @Override
    public void closeAfterResponse() {
        closing = true;
    }

    @Override
    public void dropBody() {
        assertThat(isOpen()).isTrue();
        dropping = true;
    }

    @Override
    public void endResponse() {
        sending();
        ended = true;
    }

    @Override
    public void abort() {
        assertThat(heads).as("heads of a response that breaks").isEqualTo(1);
        assertThat(ended).as("broken off behind the end").isFalse();
        ended = true;
    }

    @Override
    public void reset() {
        assertThat(heads).as("heads of a response that is not given").isZero();
        assertThat(ended).as("reset behind the end").isFalse();
        ended = true;
    }
}
