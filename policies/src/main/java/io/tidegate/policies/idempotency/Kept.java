package io.tidegate.policies.idempotency;

import io.tidegate.api.Field;
import io.tidegate.api.Reply;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What is kept under a key: that a request is being served, or what it was answered.
///
/// ```
/// lock    1, fingerprint (32), token (16)
/// answer  2, fingerprint (32), status (2), number of fields (2), each name and value with its length (2), body
/// ```
///
/// Gateways of different versions may share a store, so another form needs another first byte. What can't be read
/// counts as a request that is being served.
final class Kept {

    /// Longest value of a field that can be kept, in bytes.
    static final int MOST_FIELD = 0xFFFF;

    private static final byte LOCK = 1;
    private static final byte ANSWER = 2;
    private static final int TOKEN = 16;

    private final byte[] fingerprint;
    private final @Nullable Reply answer;

    private Kept(byte[] fingerprint, @Nullable Reply answer) {
        this.fingerprint = fingerprint;
        this.answer = answer;
    }

    /// A lock, different from every other.
    static byte[] lock(byte[] fingerprint) {
        RandomGenerator random = java.util.concurrent.ThreadLocalRandom.current();
        return ByteBuffer.allocate(1 + Requests.DIGEST + TOKEN).put(LOCK).put(fingerprint)
                .putLong(random.nextLong()).putLong(random.nextLong()).array();
    }

    /// An answer as it is kept.
    static byte[] answer(byte[] lock, int status, List<Field> fields, ByteBuffer body) {
        List<byte[]> texts = new ArrayList<>(fields.size() * 2);
        int size = 1 + Requests.DIGEST + 4 + body.remaining();
        for (Field field : fields) {
            for (String text : List.of(field.name(), field.value())) {
                byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
                texts.add(bytes);
                size += 2 + bytes.length;
            }
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(ANSWER).put(lock, 1, Requests.DIGEST)
                .putShort((short) status).putShort((short) fields.size());
        texts.forEach(text -> out.putShort((short) text.length).put(text));
        return out.put(body).array();
    }

    /// What was kept.
    static Kept read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            byte kind = in.get();
            byte[] fingerprint = new byte[Requests.DIGEST];
            in.get(fingerprint);
            return new Kept(fingerprint, kind == ANSWER ? reply(in) : null);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return new Kept(new byte[0], null);
        }
    }

    private static Reply reply(ByteBuffer in) {
        int status = in.getShort();
        int count = in.getShort();
        List<Field> fields = new ArrayList<>(count + 1);
        for (int i = 0; i < count; i++) {
            fields.add(new Field(text(in), text(in)));
        }
        fields.add(new Field("idempotent-replayed", "true"));
        byte[] body = new byte[in.remaining()];
        in.get(body);
        return Reply.of(status).with(fields, body);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort() & 0xFFFF];
        in.get(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /// What the request was answered; null while it is being served.
    @Nullable
    Reply answer() {
        return answer;
    }

    /// Whether the key was used for another request than this one.
    boolean isOther(byte[] than) {
        return fingerprint.length > 0 && !Arrays.equals(fingerprint, than);
    }
}
