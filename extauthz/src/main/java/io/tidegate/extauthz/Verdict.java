package io.tidegate.extauthz;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.tidegate.api.Field;
import io.tidegate.api.FieldSyntax;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What the service has decided: `envoy.service.auth.v3.CheckResponse`, as far as it is used here. Read strictly: what
/// says two things is refused.
final class Verdict {

    private static final int MOST_ITEMS = 200;

    private boolean ok;
    private int parts;
    private int status = 403;
    private String body = "";
    private final List<Field> headers = new ArrayList<>();
    private final List<String> removed = new ArrayList<>();

    private Verdict() {
    }

    /// One part of a message.
    private interface Part {
        void read(int tag, CodedInputStream in) throws IOException;
    }

    /// Reads it.
    ///
    /// @throws IOException
    ///             where it is none
    static Verdict read(byte[] message) throws IOException {
        Verdict verdict = new Verdict();
        int[] code = {0};
        boolean[] stated = {false};
        boolean[] denied = {false};
        boolean[] allowed = {false};
        fields(CodedInputStream.newInstance(message), (tag, in) -> {
            switch (tag) {
                case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                    stated[0] = true;
                    nested(in, (inner, from) -> {
                        if (inner == (1 << 3 | WireFormat.WIRETYPE_VARINT)) {
                            code[0] = from.readInt32();
                        } else {
                            from.skipField(inner);
                        }
                    });
                }
                case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                    denied[0] = true;
                    nested(in, verdict::denied);
                }
                case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                    allowed[0] = true;
                    nested(in, verdict::allowed);
                }
                default -> in.skipField(tag);
            }
        });
        // An empty message, or one of another kind, would read as one whose code is 0.
        if (!stated[0] && !allowed[0]) {
            throw new InvalidProtocolBufferException("the answer says nothing");
        }
        verdict.ok = code[0] == 0;
        // Whoever lets a request pass and says how to refuse it means one or the other.
        if (verdict.ok ? denied[0] : allowed[0]) {
            throw new InvalidProtocolBufferException("the answer allows and denies");
        }
        if (verdict.status < 300 || verdict.status > 599 || verdict.status == 304) {
            throw new InvalidProtocolBufferException("the status is none of an answer that refuses");
        }
        return verdict;
    }

    private static void fields(CodedInputStream in, Part part) throws IOException {
        int tag;
        while ((tag = in.readTag()) != 0) {
            part.read(tag, in);
        }
    }

    private static void nested(CodedInputStream in, Part part) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        fields(in, part);
        in.checkLastTagWas(0);
        in.popLimit(limit);
    }

    private void denied(int tag, CodedInputStream in) throws IOException {
        switch (tag) {
            case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> nested(in, (inner, from) -> {
                if (inner == (1 << 3 | WireFormat.WIRETYPE_VARINT)) {
                    int code = from.readEnum();
                    status = code == 0 ? 403 : code;
                } else {
                    from.skipField(inner);
                }
            });
            case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> option(in);
            case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> body = in.readStringRequireUtf8();
            default -> in.skipField(tag);
        }
    }

    private void allowed(int tag, CodedInputStream in) throws IOException {
        switch (tag) {
            case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> option(in);
            case 5 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                counted();
                removed.add(in.readStringRequireUtf8().toLowerCase(Locale.ROOT));
            }
            default -> in.skipField(tag);
        }
    }

    private void counted() throws IOException {
        if (++parts > MOST_ITEMS) {
            throw new InvalidProtocolBufferException("more than " + MOST_ITEMS + " fields");
        }
    }

    /// A `HeaderValueOption`. How it is to be put beside what is there does not matter: what is there is taken out.
    private void option(CodedInputStream in) throws IOException {
        counted();
        nested(in, (tag, from) -> {
            if (tag == (1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                header(from);
            } else {
                from.skipField(tag);
            }
        });
    }

    private void header(CodedInputStream in) throws IOException {
        String[] said = {"", ""};
        nested(in, (tag, from) -> {
            switch (tag) {
                case 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> said[0] = from.readStringRequireUtf8();
                case 2 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> said[1] = from.readStringRequireUtf8();
                case 3 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                    ByteString raw = from.readBytes();
                    said[1] = raw.toString(StandardCharsets.ISO_8859_1);
                }
                default -> from.skipField(tag);
            }
        });
        if (!FieldSyntax.isName(said[0]) || !FieldSyntax.isValue(said[1])) {
            throw new InvalidProtocolBufferException("a header that is none");
        }
        headers.add(new Field(said[0].toLowerCase(Locale.ROOT), said[1]));
    }

    /// Whether the request passes.
    boolean isOk() {
        return ok;
    }

    /// What the client is answered where it does not.
    int status() {
        return status;
    }

    /// The body of that; empty for the gateway's own.
    String body() {
        return body;
    }

    /// Fields for the request where it passes, else for the answer; names in lower case.
    List<Field> headers() {
        return headers;
    }

    /// Names of the fields that are taken out of the request, in lower case.
    List<String> removed() {
        return removed;
    }
}
