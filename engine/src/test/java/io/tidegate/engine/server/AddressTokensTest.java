package io.tidegate.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/// Tokens by which clients prove their address.
class AddressTokensTest {

    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 4433);

    private final byte[] id = {1, 2, 3, 4, 5, 6, 7, 8};
    private boolean needed = true;
    private long now = 1_000_000;
    private final AddressTokens tokens = tokens(1);

    private AddressTokens tokens(int key) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) key;
        return new AddressTokens(bytes, () -> needed, () -> now);
    }

    private ByteBuf token() {
        ByteBuf out = Unpooled.buffer();
        assertThat(tokens.writeToken(out, Unpooled.wrappedBuffer(id), CLIENT)).isTrue();
        return out;
    }

    @Test
    void aTokenHoldsTheIdThatTheClientChoseFirst() {
        ByteBuf token = token();

        int offset = tokens.validateToken(token, CLIENT);

        byte[] found = new byte[id.length];
        token.getBytes(offset, found);
        assertThat(found).isEqualTo(id);
        assertThat(token.readableBytes()).isEqualTo(offset + id.length).isLessThanOrEqualTo(tokens.maxTokenLength());
    }

    @Test
    void noneIsAskedForWhereItIsNotNeeded() {
        needed = false;
        assertThat(tokens.writeToken(Unpooled.buffer(), Unpooled.wrappedBuffer(id), CLIENT)).isFalse();
    }

    @Test
    void aTokenIsForOneAddressAndOnePort() {
        ByteBuf token = token();
        assertThat(tokens.validateToken(token, new InetSocketAddress("192.0.2.2", 4433))).isEqualTo(-1);
        assertThat(tokens.validateToken(token, new InetSocketAddress("192.0.2.1", 4434))).isEqualTo(-1);
    }

    @Test
    void aTokenExpires() {
        ByteBuf token = token();
        now += 10_000;
        assertThat(tokens.validateToken(token, CLIENT)).isPositive();
        now++;
        assertThat(tokens.validateToken(token, CLIENT)).isEqualTo(-1);
    }

    @Test
    void aTokenOfAnotherKeyOrAnotherContentIsRefused() {
        ByteBuf token = token();
        assertThat(tokens(2).validateToken(token, CLIENT)).isEqualTo(-1);
        for (int i = 0; i < token.readableBytes(); i++) {
            ByteBuf changed = token.copy();
            changed.setByte(i, changed.getByte(i) ^ 1);
            assertThat(tokens.validateToken(changed, CLIENT)).as("byte %s", i).isEqualTo(-1);
        }
        assertThat(tokens.validateToken(Unpooled.wrappedBuffer(new byte[23]), CLIENT)).isEqualTo(-1);
        assertThat(tokens.validateToken(Unpooled.wrappedBuffer(new byte[64]), CLIENT)).isEqualTo(-1);
    }
}
