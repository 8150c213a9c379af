package io.tidegate.engine.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tidegate.api.Fault;
import io.tidegate.engine.wire.ResponseHead;
import org.junit.jupiter.api.Test;

class ReadBatchTest {

    private final ReadBatch batch = new ReadBatch();
    private final Receiver receiver = new Receiver();
    private final Receiver next = new Receiver();

    /// Counts how often it is told that a read is over.
    private static final class Receiver implements UpstreamEvents {

        private int told;

        @Override
        public void onUpstreamReadComplete() {
            told++;
        }

        @Override
        public void onConnected(UpstreamStream stream, boolean reused, int ticket) {
            throw new AssertionError("connected");
        }

        @Override
        public void onConnectFailed(Fault fault, int ticket) {
            throw new AssertionError("not connected");
        }

        @Override
        public void onResponseHead(ResponseHead head, ByteBuf in, int start, int end, boolean bodiless) {
            throw new AssertionError("a head");
        }

        @Override
        public void onUpstreamFault(Fault fault, Progress progress) {
            throw new AssertionError("a fault");
        }

        @Override
        public void onUpstreamWritable() {
            throw new AssertionError("writable");
        }

        @Override
        public void range(ByteBuf in, int start, int length, int data) {
            throw new AssertionError("a range");
        }

        @Override
        public void literal(byte[] bytes, int start, int length) {
            throw new AssertionError("bytes");
        }

        @Override
        public void end() {
            throw new AssertionError("an end");
        }
    }

    @Test
    void twoPartsOfAResponseAreOneRead() {
        batch.read(receiver, 6531, receiver);
        assertThat(receiver.told).isZero();

        batch.read(receiver, 3834, null);
        assertThat(receiver.told).isEqualTo(1);

        batch.complete(null);
        assertThat(receiver.told).isEqualTo(1);
    }

    @Test
    void aPartWithNothingBehindItIsSentOnAtTheEndOfTheRead() {
        batch.read(receiver, 100, receiver);
        batch.complete(receiver);
        assertThat(receiver.told).isEqualTo(1);

        batch.complete(receiver);
        assertThat(receiver.told).isEqualTo(1);
    }

    @Test
    void longBodiesDoNotWait() {
        batch.read(receiver, ReadBatch.MOST - 1, receiver);
        assertThat(receiver.told).isZero();

        batch.read(receiver, 1, receiver);
        assertThat(receiver.told).isEqualTo(1);

        batch.read(receiver, ReadBatch.MOST - 1, receiver);
        assertThat(receiver.told).isEqualTo(1);
    }

    @Test
    void whatIsNotReadOnDoesNotWait() {
        batch.read(receiver, 100, null);
        assertThat(receiver.told).isEqualTo(1);
    }

    @Test
    void nobodyIsToldOfWhatCameForAnother() {
        batch.read(receiver, 100, receiver);
        batch.complete(next);
        assertThat(receiver.told + next.told).isZero();

        batch.read(receiver, 100, receiver);
        batch.reset();
        batch.complete(receiver);
        assertThat(receiver.told).isZero();
    }

    @Test
    void whoIsServedNextBeginsAnew() {
        batch.read(receiver, ReadBatch.MOST - 1, receiver);
        batch.reset();

        batch.read(next, ReadBatch.MOST - 1, next);
        assertThat(next.told).isZero();
        batch.complete(next);
        assertThat(next.told).isEqualTo(1);
    }
}
