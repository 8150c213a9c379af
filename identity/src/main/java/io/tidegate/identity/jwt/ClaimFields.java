package io.tidegate.identity.jwt;

import io.tidegate.api.AccessFaults;
import io.tidegate.api.FaultException;
import io.tidegate.api.Field;
import io.tidegate.identity.token.Claims;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Fields by which a service is told claims.
///
/// A value is the claim as it is; of a list, its elements with commas between them. What is not visible ASCII or a space
/// inside, `%`, and in lists `,`, is written as percent escapes of UTF-8, so that a service can tell what was meant.
final class ClaimFields {

    private static final int MOST_CHARACTERS = 8192;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final Map<String, String> fields;

    /// Claims by name or path, to fields.
    ClaimFields(Map<String, String> fields) {
        this.fields = Map.copyOf(fields);
    }

    /// The fields for these claims; none for a claim that is not there or is an object.
    ///
    /// @throws FaultException
    ///             where a claim has control characters, or is too long
    List<Field> of(Map<String, Object> claims) {
        List<Field> written = new ArrayList<>();
        fields.forEach((claim, field) -> {
            Object value = Claims.at(claims, claim);
            List<String> texts = Claims.texts(value);
            if (!texts.isEmpty()) {
                written.add(new Field(field.toLowerCase(Locale.ROOT), written(texts, value instanceof List<?>)));
            }
        });
        return List.copyOf(written);
    }

    private static String written(List<String> texts, boolean list) {
        StringBuilder line = new StringBuilder();
        for (String text : texts) {
            if (!line.isEmpty()) {
                line.append(',');
            }
            write(text, list, line);
        }
        if (line.length() > MOST_CHARACTERS) {
            throw new FaultException(AccessFaults.JWT_CLAIM);
        }
        return line.toString();
    }

    private static void write(String text, boolean list, StringBuilder line) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            if (b < ' ' || b == 0x7f) {
                throw new FaultException(AccessFaults.JWT_CLAIM);
            }
            boolean edge = b == ' ' && (i == 0 || i == bytes.length - 1);
            if (edge || b > 0x7f || b == '%' || (list && b == ',')) {
                line.append('%').append(HEX.toHexDigits((byte) b));
            } else {
                line.append((char) b);
            }
        }
    }
}
