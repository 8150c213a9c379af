package io.tidegate.policies.grpcjson;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The way to a field of a message, and of the messages in it: `book.name`.
record FieldPath(List<FieldDescriptor> fields) {

    /// Types whose JSON is one value, so that a text can stand for a whole message of theirs.
    private static final Set<String> VALUES = Set.of("google.protobuf.Timestamp", "google.protobuf.Duration",
            "google.protobuf.FieldMask", "google.protobuf.DoubleValue", "google.protobuf.FloatValue",
            "google.protobuf.Int64Value", "google.protobuf.UInt64Value", "google.protobuf.Int32Value",
            "google.protobuf.UInt32Value", "google.protobuf.BoolValue", "google.protobuf.StringValue",
            "google.protobuf.BytesValue");

    /// The way that names lead from `root`, null where there is none. Names are those of the .proto file or of JSON.
    static @Nullable FieldPath of(Descriptor root, String names) {
        List<FieldDescriptor> fields = new ArrayList<>();
        Descriptor in = root;
        for (String name : names.split("\\.", -1)) {
            FieldDescriptor field = in == null ? null : field(in, name);
            if (field == null) {
                return null;
            }
            fields.add(field);
            in = field.getJavaType() == JavaType.MESSAGE && !field.isRepeated() ? field.getMessageType() : null;
        }
        return new FieldPath(List.copyOf(fields));
    }

    /// The field of this name, as the .proto file or JSON writes it; null for none.
    static @Nullable FieldDescriptor field(Descriptor type, String name) {
        FieldDescriptor byName = type.findFieldByName(name);
        if (byName != null) {
            return byName;
        }
        for (FieldDescriptor field : type.getFields()) {
            if (field.getJsonName().equals(name)) {
                return field;
            }
        }
        return null;
    }

    private FieldDescriptor last() {
        return fields.getLast();
    }

    /// Whether a text can stand for it.
    boolean isValue() {
        return last().getJavaType() != JavaType.MESSAGE || VALUES.contains(last().getMessageType().getFullName());
    }

    /// Whether it takes several values.
    boolean isRepeated() {
        return last().isRepeated();
    }

    /// Puts a value into the JSON of the message: beside others where it is repeated, else in place of another.
    ///
    /// @throws IllegalArgumentException
    ///             where something else stands on the way
    void put(JsonObject root, String value) {
        JsonObject in = root;
        for (FieldDescriptor step : fields.subList(0, fields.size() - 1)) {
            JsonElement next = take(in, step);
            if (next == null || next.isJsonNull()) {
                next = new JsonObject();
            } else if (!next.isJsonObject()) {
                throw new IllegalArgumentException("'" + step.getName() + "' must be an object");
            }
            in.add(step.getJsonName(), next);
            in = next.getAsJsonObject();
        }
        JsonElement before = take(in, last());
        JsonElement put = new JsonPrimitive(value);
        if (isRepeated()) {
            JsonArray all = before != null && before.isJsonArray() ? before.getAsJsonArray() : new JsonArray();
            all.add(put);
            put = all;
        }
        in.add(last().getJsonName(), put);
    }

    /// Takes a field out, under whichever of its names.
    private static @Nullable JsonElement take(JsonObject from, FieldDescriptor field) {
        JsonElement original = from.remove(field.getName());
        JsonElement json = from.remove(field.getJsonName());
        return json == null ? original : json;
    }
}
