package io.tidegate.engine.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a client says first (RFC 8446 section 4.1.2), as far as a certificate is chosen by it. What can't be read
/// completely is refused: nobody gets past a name's rules by being unreadable.
final class ClientHello {

    private static final int SERVER_NAME = 0;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int HOST_NAME = 0;
    private static final int RANDOM = 32;
    private static final int LONGEST_NAME = 255;

    private int legacyVersion;
    private int[] suites = {};
    private int @Nullable [] versions;
    private int[] signatures = {};
    private @Nullable List<String> protocols;
    private @Nullable String serverName;

    private ClientHello() {
    }

    /// Reads the body of the message.
    static ClientHello read(byte[] bytes, int start, int end) throws RefusedHelloException {
        ClientHello hello = new ClientHello();
        ByteBuffer in = ByteBuffer.wrap(bytes, start, end - start);
        hello.legacyVersion = number(in, 2);
        take(in, RANDOM);
        take(in, number(in, 1));
        hello.suites = numbers(take(in, number(in, 2)));
        take(in, number(in, 1));
        if (in.hasRemaining()) {
            hello.extensions(take(in, number(in, 2)));
        }
        if (in.hasRemaining()) {
            throw malformed();
        }
        return hello;
    }

    private void extensions(ByteBuffer in) throws RefusedHelloException {
        long seen = 0;
        while (in.hasRemaining()) {
            int type = number(in, 2);
            ByteBuffer content = take(in, number(in, 2));
            if (type < Long.SIZE) {
                if ((seen & (1L << type)) != 0) {
                    throw new RefusedHelloException(Alert.ILLEGAL_PARAMETER, "malformed");
                }
                seen |= 1L << type;
            }
            switch (type) {
                case SERVER_NAME -> serverName = name(content);
                case SIGNATURE_ALGORITHMS -> signatures = numbers(take(content, number(content, 2)));
                case ALPN -> protocols = protocols(take(content, number(content, 2)));
                case SUPPORTED_VERSIONS -> versions = numbers(take(content, number(content, 1)));
                default -> content.position(content.limit());
            }
            if (content.hasRemaining()) {
                throw malformed();
            }
        }
    }

    /// The only name of the list, in lower case and without a dot at its end (RFC 6066 section 3).
    private static String name(ByteBuffer content) throws RefusedHelloException {
        ByteBuffer list = take(content, number(content, 2));
        if (number(list, 1) != HOST_NAME) {
            throw malformed();
        }
        ByteBuffer bytes = take(list, number(list, 2));
        if (list.hasRemaining()) {
            throw malformed();
        }
        String name = host(StandardCharsets.ISO_8859_1.decode(bytes).toString());
        if (name == null) {
            throw new RefusedHelloException(Alert.ILLEGAL_PARAMETER, "malformed");
        }
        return name;
    }

    /// The name in lower case and without a dot at its end; null where it is none.
    static @Nullable String host(String asked) {
        String lower = asked.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        boolean host = !name.isEmpty() && name.length() <= LONGEST_NAME && name.chars().allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_');
        return host ? name : null;
    }

    private static List<String> protocols(ByteBuffer list) throws RefusedHelloException {
        List<String> protocols = new ArrayList<>();
        while (list.hasRemaining()) {
            protocols.add(StandardCharsets.ISO_8859_1.decode(take(list, number(list, 1))).toString());
        }
        return protocols;
    }

    private static int[] numbers(ByteBuffer list) throws RefusedHelloException {
        if (list.remaining() % 2 != 0) {
            throw malformed();
        }
        int[] numbers = new int[list.remaining() / 2];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = list.getShort() & 0xffff;
        }
        return numbers;
    }

    private static int number(ByteBuffer in, int bytes) throws RefusedHelloException {
        if (in.remaining() < bytes) {
            throw malformed();
        }
        return bytes == 1 ? in.get() & 0xff : in.getShort() & 0xffff;
    }

    private static ByteBuffer take(ByteBuffer in, int length) throws RefusedHelloException {
        if (in.remaining() < length) {
            throw malformed();
        }
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        return part;
    }

    private static RefusedHelloException malformed() {
        return new RefusedHelloException(Alert.DECODE_ERROR, "malformed");
    }

    /// The name that the client asks for, or null.
    @Nullable
    String serverName() {
        return serverName;
    }

    /// The protocols that it offers, or null where it says nothing of them.
    @Nullable
    List<String> protocols() {
        return protocols;
    }

    /// Whether it speaks this version: `0x0303` is TLS 1.2, `0x0304` is TLS 1.3.
    boolean speaks(int version) {
        int[] listed = versions;
        return listed == null ? version <= 0x0303 && legacyVersion >= version : contains(listed, version);
    }

    /// Whether it lists this cipher suite.
    boolean lists(int suite) {
        return contains(suites, suite);
    }

    /// Whether it checks signatures of this kind.
    boolean checks(int signature) {
        return contains(signatures, signature);
    }

    private static boolean contains(int[] numbers, int wanted) {
        for (int number : numbers) {
            if (number == wanted) {
                return true;
            }
        }
        return false;
    }
}
