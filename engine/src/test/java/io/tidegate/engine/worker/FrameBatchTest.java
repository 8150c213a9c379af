package io.tidegate.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a batch of frames gives to the channel.
class FrameBatchTest {

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int CONTINUATION = 9;

    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final ChannelHandlerContext ctx = channel.pipeline().firstContext();
    private final Http2HeadersEncoder heads = new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, true);
    private final DefaultHttp2FrameWriter writer = new DefaultHttp2FrameWriter(heads);
    private final FrameBatch batch = new FrameBatch(writer, heads);
    private final Http2RemoteFlowController flow = flow();

    private Http2RemoteFlowController flow() {
        Http2Connection connection = new DefaultHttp2Connection(true);
        Http2RemoteFlowController made = batch.flowController(connection);
        connection.remote().flowController(made);
        try {
            made.channelHandlerContext(ctx);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
        return made;
    }

    /// @param text
    ///            the payload, a character for each byte
    private record Frame(int type, int flags, int stream, String text) {
    }

    @AfterEach
    void close() {
        batch.close();
        channel.finishAndReleaseAll();
    }

    private List<ByteBuf> flush() throws Http2Exception {
        flow.writePendingBytes();
        channel.flush();
        List<ByteBuf> written = new ArrayList<>();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            written.add(next);
        }
        return written;
    }

    private static List<Frame> frames(List<ByteBuf> written) {
        ByteBuf all = Unpooled.wrappedBuffer(written.toArray(new ByteBuf[0]));
        try {
            List<Frame> frames = new ArrayList<>();
            while (all.isReadable()) {
                int length = all.readUnsignedMedium();
                int type = all.readUnsignedByte();
                int flags = all.readUnsignedByte();
                int stream = all.readInt();
                frames.add(new Frame(type, flags, stream,
                        all.readCharSequence(length, StandardCharsets.ISO_8859_1).toString()));
            }
            return frames;
        } finally {
            all.release();
        }
    }

    private ChannelFuture head(int stream, boolean end) {
        return batch.writeHeaders(ctx, stream, new DefaultHttp2Headers().status("200").add("a", "b"), 0, end,
                ctx.newPromise());
    }

    private ChannelFuture data(int stream, String text, boolean end) {
        return batch.writeData(ctx, stream, ByteBufUtil.writeUtf8(channel.alloc(), text), 0, end, ctx.newPromise());
    }

    @Test
    void whatManyStreamsSendAtOnceIsOneWrite() throws Http2Exception {
        for (int stream = 1; stream <= 9; stream += 2) {
            head(stream, false);
            data(stream, "of " + stream, true);
        }
        List<ByteBuf> written = flush();
        assertThat(written).hasSize(1);
        assertThat(frames(written)).extracting(frame -> frame.type() + " " + frame.flags() + " " + frame.stream())
                .containsExactly("1 4 1", "0 1 1", "1 4 3", "0 1 3", "1 4 5", "0 1 5", "1 4 7", "0 1 7", "1 4 9",
                        "0 1 9");
    }

    @Test
    void nothingGoesOutBeforeAFlush() throws Http2Exception {
        data(1, "x", false);
        channel.flush();
        assertThat(channel.<ByteBuf>readOutbound()).isNull();
        assertThat(frames(flush())).hasSize(1);
        assertThat(flush()).isEmpty();
    }

    @Test
    void otherFramesAndLongBodiesKeepTheirPlace() throws Http2Exception {
        String longer = "x".repeat(10_000);
        data(1, "first", false);
        batch.writeRstStream(ctx, 3, 8, ctx.newPromise());
        data(5, "second", false);
        data(7, longer, true);
        data(9, "third", false);
        List<Frame> frames = frames(flush());
        assertThat(frames).extracting(Frame::stream).containsExactly(1, 3, 5, 7, 9);
        assertThat(frames).extracting(Frame::type).containsExactly(DATA, RST_STREAM, DATA, DATA, DATA);
        assertThat(frames.get(3).text()).isEqualTo(longer);
        assertThat(frames.get(4).text()).isEqualTo("third");
    }

    @Test
    void aHeadThatIsTooLongForAFrameGoesOnInOthers() throws Http2Exception {
        Http2Headers large = new DefaultHttp2Headers().status("200");
        for (int i = 0; i < 14; i++) {
            large.add("n" + i, String.valueOf((char) ('a' + i)).repeat(4000));
        }
        data(3, "before", false);
        batch.writeHeaders(ctx, 1, large, 0, true, ctx.newPromise());
        head(3, true);
        List<Frame> frames = frames(flush());
        assertThat(frames).extracting(Frame::type).containsExactly(DATA, HEADERS, CONTINUATION, CONTINUATION, HEADERS);
        assertThat(frames).extracting(Frame::flags).containsExactly(0, 1, 0, 4, 5);
        ByteBuf block = Unpooled.buffer();
        frames.subList(1, 4).forEach(frame -> block.writeCharSequence(frame.text(), StandardCharsets.ISO_8859_1));
        assertThat(new DefaultHttp2HeadersDecoder(false, 1 << 20).decodeHeaders(1, block)).isEqualTo(large);
        block.release();
    }

    @Test
    void theEndOfAStreamIsDoneWhenItHasGoneOut() throws Http2Exception {
        ChannelFuture begun = head(1, false);
        ChannelFuture going = data(1, "x", false);
        ChannelFuture ended = data(1, "y", true);
        ChannelFuture alone = head(3, true);
        assertThat(begun.isSuccess()).isTrue();
        assertThat(going.isSuccess()).isTrue();
        assertThat(ended.isDone()).isFalse();
        assertThat(alone.isDone()).isFalse();
        frames(flush());
        assertThat(ended.isSuccess()).isTrue();
        assertThat(alone.isSuccess()).isTrue();
    }

    @Test
    void moreThanARecordOfTlsHoldsIsSeveralWrites() throws Http2Exception {
        String text = "x".repeat(4000);
        for (int stream = 1; stream <= 19; stream += 2) {
            data(stream, text, true);
        }
        List<ByteBuf> written = flush();
        assertThat(written).hasSize(3).allMatch(buffer -> buffer.readableBytes() <= 16 * 1024);
        assertThat(frames(written)).hasSize(10).allMatch(frame -> frame.text().equals(text));
    }

    @Test
    void whatWasNotHandedOnFailsAtTheEndAndLaterFramesDo() throws Http2Exception {
        ChannelFuture ended = data(1, "x", true);
        batch.close();
        assertThat(ended.cause()).isInstanceOf(ClosedChannelException.class);
        ByteBuf late = ByteBufUtil.writeUtf8(channel.alloc(), "late");
        assertThat(batch.writeData(ctx, 1, late, 0, true, ctx.newPromise()).isSuccess()).isFalse();
        assertThat(late.refCnt()).isZero();
        assertThat(head(3, true).isSuccess()).isFalse();
        assertThat(flush()).isEmpty();
    }
}
