package io.tidegate.engine.upstream;

import io.tidegate.config.StickySessionConfig;
import io.tidegate.engine.balance.GivenCookie;
import io.tidegate.engine.observe.BalanceCells;
import io.tidegate.engine.observe.BalanceCells.Cookie;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The cookies of an upstream that keep a client with an endpoint.
///
/// A value is 40 characters of Base64 for URLs: 8 bytes that stand for the endpoint, 6 of the second in which it
/// expires (0 for never), and the first 16 of an HMAC-SHA-256 over both. The key of the HMAC is made of the secret and
/// the names of the upstream and the cookie, so that a cookie holds where it was made for alone. What stands for an
/// endpoint is an HMAC of its address under the same key: it tells nobody the address, and all who have the secret make
/// the same one.
public final class StickySessions {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int TAG_BYTES = 8;
    private static final int TIME_BYTES = 6;
    private static final int SIGNED = TAG_BYTES + TIME_BYTES;
    private static final int SIGNATURE = 16;
    private static final int VALUE = 40;
    private static final byte[] NOTHING = {};

    private final StickySessionConfig config;
    private final SecretKeySpec key;
    private final InstantSource clock;
    private final List<Lane> lanes;
    private final GivenCookie cookie;

    /// What one event loop has of its own.
    private final class Lane {

        private final Mac mac = mac(key);
        private final ByteBuffer plain = ByteBuffer.allocate(SIGNED + SIGNATURE);
        private final byte[] digest = new byte[32];
        private final BalanceCells cells;

        Lane(BalanceCells cells) {
            this.cells = cells;
        }

        private byte[] sign(byte[] value) {
            mac.update(value, 0, SIGNED);
            try {
                mac.doFinal(digest, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
            return digest;
        }
    }

    /// @param upstream
    ///            its name
    /// @param ownKey
    ///            stands for the secret where none is declared
    /// @param cells
    ///            by worker, count
    public StickySessions(String upstream, StickySessionConfig config, String ownKey, List<BalanceCells> cells,
            InstantSource clock) {
        this.config = config;
        this.clock = clock;
        String secret = config.secret() == null ? ownKey : config.secret();
        Mac mac = mac(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        this.key = new SecretKeySpec(
                mac.doFinal(("sticky session\n" + upstream + '\n' + config.cookie()).getBytes(StandardCharsets.UTF_8)),
                ALGORITHM);
        this.lanes = IntStream.range(0, cells.size()).mapToObj(i -> new Lane(cells.get(i))).toList();
        this.cookie = new GivenCookie(config.cookie(), config);
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    /// What clients are given.
    public GivenCookie cookie() {
        return cookie;
    }

    /// What stands for an endpoint; never 0.
    public long tag(String authority) {
        byte[] digest = mac(key).doFinal(("endpoint\n" + authority).getBytes(StandardCharsets.UTF_8));
        long tag = ByteBuffer.wrap(digest).getLong();
        return tag == 0 ? 1 : tag;
    }

    /// What the value of a cookie says; 0 where it was not made here, or has expired.
    public long read(int worker, byte[] bytes, int from, int to) {
        Lane lane = lanes.get(worker);
        byte[] value = decoded(bytes, from, to);
        if (!isSigned(lane, value)) {
            lane.cells.cookie(Cookie.FORGED);
            return 0;
        }
        ByteBuffer read = ByteBuffer.wrap(value);
        long tag = read.getLong();
        long expires = (long) read.getShort() << 32 | (read.getInt() & 0xFFFF_FFFFL);
        if (expires != 0 && clock.millis() / 1000 >= expires) {
            lane.cells.cookie(Cookie.EXPIRED);
            return 0;
        }
        return tag;
    }

    private static byte[] decoded(byte[] bytes, int from, int to) {
        if (to - from != VALUE) {
            return NOTHING;
        }
        try {
            return Base64.getUrlDecoder().decode(Arrays.copyOfRange(bytes, from, to));
        } catch (IllegalArgumentException e) {
            return NOTHING;
        }
    }

    private static boolean isSigned(Lane lane, byte[] value) {
        return value.length == SIGNED + SIGNATURE && MessageDigest.isEqual(
                Arrays.copyOf(lane.sign(value), SIGNATURE), Arrays.copyOfRange(value, SIGNED, value.length));
    }

    /// A request has been answered by the endpoint that its cookie names.
    public void kept(int worker) {
        lanes.get(worker).cells.cookie(Cookie.KEPT);
    }

    /// Makes the value of `Set-Cookie` that keeps a client with the endpoint that has answered.
    ///
    /// @param named
    ///            what its cookie said; 0 for nothing
    /// @param tag
    ///            of the endpoint
    /// @param secured
    ///            whether it came by TLS
    public String make(int worker, long named, long tag, boolean secured) {
        Lane lane = lanes.get(worker);
        lane.cells.cookie(named == 0 ? Cookie.MADE : Cookie.MOVED);
        long expires = config.ttl() == null ? 0 : clock.millis() / 1000 + config.ttl().toSeconds();
        lane.plain.clear().putLong(tag).putShort((short) (expires >>> 32)).putInt((int) expires);
        lane.plain.put(lane.sign(lane.plain.array()), 0, SIGNATURE);
        return cookie.with(Base64.getUrlEncoder().encodeToString(lane.plain.array()), secured);
    }
}
