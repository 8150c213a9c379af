package io.tidegate.engine.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tidegate.engine.upstream.UpstreamStream;
import io.tidegate.engine.wire.HeadWriter;
import io.tidegate.engine.wire.Trailers;

/// A service's side of an exchange that checks that it is used as it says.
final class RecordingStream implements UpstreamStream {

    int heads;
    boolean givenBack;
    boolean framing;
    boolean writable = true;
    private boolean requestEnded;
    private boolean over;

    /// Whether events of it may still come.
    boolean lives() {
        return heads == 1 && !over;
    }

    /// It has no more events.
    void over() {
        over = true;
    }

    private void sending() {
        assertThat(heads).as("heads sent before a body").isEqualTo(1);
        assertThat(over).as("something is sent after the end").isFalse();
        assertThat(requestEnded).as("something is sent behind the request").isFalse();
    }

    @Override
    public void sendHead(HeadWriter head, boolean withoutBody, boolean toHead, int expected) {
        assertThat(givenBack || over).isFalse();
        heads++;
        assertThat(heads).as("heads sent to the service").isEqualTo(1);
        requestEnded = withoutBody;
    }

    @Override
    public void sendBody(ByteBuf in, int start, int length) {
        sending();
    }

    @Override
    public void sendBytes(byte[] bytes, int start, int length) {
        sending();
    }

    @Override
    public void endRequest() {
        sending();
        requestEnded = true;
    }

    @Override
    public void takeTrailers() {
        assertThat(givenBack).isFalse();
    }

    @Override
    public void sendTrailers(Trailers trailers) {
        sending();
    }

    @Override
    public void flush() {
        assertThat(givenBack).isFalse();
    }

    @Override
    public void askForTunnel(byte[] key) {
        // Nothing is asked for in these tests.
    }

    @Override
    public boolean framesBodies() {
        return false;
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public void keepFraming(boolean on) {
        framing = on;
    }

    @Override
    public void reading(boolean on) {
        assertThat(givenBack || over).as("reading is turned on or off after the end").isFalse();
    }

    @Override
    public void expect(long responseNanos, long idleNanos) {
        assertThat(givenBack || over).as("something is expected after the end").isFalse();
    }

    @Override
    public void giveBack() {
        assertThat(heads).as("heads sent on a connection that is given back").isZero();
        assertThat(givenBack).as("given back twice").isFalse();
        givenBack = true;
        over = true;
    }

    @Override
    public void cancel() {
        assertThat(over).as("cancelled after the end").isFalse();
        over = true;
    }
}
