package io.tidegate.identity.token;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.ClaimPath;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.api.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fields by which a service is told claims. Immutable.
///
/// A value is the claim as it is; of a list, its elements with commas between them. What is not visible ASCII or a space
/// inside, `%`, and in lists `,`, is written as percent escapes of UTF-8, so that a service can tell what was meant.
public final class ClaimFields {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final List<Told> fields;
    private final int mostCharacters;

    /// A claim and its field.
    private record Told(ClaimPath claim, String field) {
    }

    /// Claims by name or path, to fields.
    ///
    /// @param mostCharacters
    ///            of a value
    public ClaimFields(Map<String, String> fields, int mostCharacters) {
        this.fields = fields.entrySet().stream()
                .map(field -> new Told(ClaimPath.of(field.getKey()), field.getValue().toLowerCase(Locale.ROOT)))
                .toList();
        this.mostCharacters = mostCharacters;
    }

    /// The names of the fields, in lower case.
    public static Set<String> names(Map<String, String> fields) {
        Set<String> names = new HashSet<>();
        fields.values().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }

    /// Takes out of a request what somebody else has put into the fields.
    public void clear(Request request) {
        for (int i = 0; i < fields.size(); i++) {
            request.headers().remove(fields.get(i).field());
        }
    }

    /// The fields for these claims; none for a claim that is not there, is empty or an object.
    ///
    /// @throws FaultException
    ///             where a claim has control characters, or is too long
    public List<Field> all(Map<String, Object> claims) {
        return written(claims, true);
    }

    /// The same, without those for claims that have control characters or are too long.
    public List<Field> fitting(Map<String, Object> claims) {
        return written(claims, false);
    }

    private List<Field> written(Map<String, Object> claims, boolean needed) {
        List<Field> written = new ArrayList<>();
        for (Told told : fields) {
            String line = line(told.claim().in(claims));
            if (line == null && needed) {
                throw new FaultException(AccessFaults.JWT_CLAIM);
            }
            if (line != null && !line.isEmpty()) {
                written.add(new Field(told.field(), line));
            }
        }
        return List.copyOf(written);
    }

    /// A claim as it is written; null for what no field can hold.
    private @Nullable String line(@Nullable Object claim) {
        StringBuilder line = new StringBuilder();
        for (String text : Claims.texts(claim)) {
            if (!line.isEmpty()) {
                line.append(',');
            }
            if (!write(text, claim instanceof List<?>, line)) {
                return null;
            }
        }
        return line.length() > mostCharacters ? null : line.toString();
    }

    private static boolean write(String text, boolean list, StringBuilder line) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            if (b < ' ' || b == 0x7f) {
                return false;
            }
            boolean edge = b == ' ' && (i == 0 || i == bytes.length - 1);
            if (edge || b > 0x7f || b == '%' || (list && b == ',')) {
                line.append('%').append(HEX.toHexDigits((byte) b));
            } else {
                line.append((char) b);
            }
        }
        return true;
    }
}
