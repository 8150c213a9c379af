package io.tidegate.policies.grpcjson;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import io.tidegate.api.FaultException;
import io.tidegate.api.GrpcStatus;
import io.tidegate.api.UpstreamFaults;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes what a method answers as JSON: its messages, and how a call failed.
final class ResponseJson {

    private final TypeRegistry types;
    private final JsonFormat.Printer printer;
    private final JsonFormat.Printer everything;

    ResponseJson(TypeRegistry types, boolean protoNames, boolean showDefaults) {
        this.types = types;
        JsonFormat.Printer base = JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
        JsonFormat.Printer named = protoNames ? base.preservingProtoFieldNames() : base;
        this.everything = named.alwaysPrintFieldsWithNoPresence();
        this.printer = showDefaults ? everything : named;
    }

    /// A message, or the field of it that is the response.
    ///
    /// @throws FaultException
    ///             with [UpstreamFaults#INVALID] where the bytes are no such message
    String message(Binding binding, byte[] bytes) {
        try {
            DynamicMessage message = DynamicMessage.parseFrom(binding.method().getOutputType(), bytes);
            FieldDescriptor field = binding.responseBody();
            return field == null ? printer.print(message) : field(message, field);
        } catch (InvalidProtocolBufferException e) {
            throw new FaultException(UpstreamFaults.INVALID);
        }
    }

    private String field(DynamicMessage message, FieldDescriptor field) throws InvalidProtocolBufferException {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()) {
            return printer.print((DynamicMessage) message.getField(field));
        }
        DynamicMessage.Builder only = DynamicMessage.newBuilder(message.getDescriptorForType());
        only.setField(field, message.getField(field));
        JsonElement value = named(printer.print(only), field);
        // One that has its default value is not shown unless all are.
        return String.valueOf(value == null ? named(everything.print(only), field) : value);
    }

    private static @Nullable JsonElement named(String message, FieldDescriptor field) {
        JsonObject printed = JsonParser.parseString(message).getAsJsonObject();
        JsonElement value = printed.get(field.getJsonName());
        return value == null ? printed.get(field.getName()) : value;
    }

    /// How a call failed, as google.rpc.Status.
    ///
    /// @param message
    ///            what `grpc-message` says, null where it is not there
    /// @param details
    ///            what `grpc-status-details-bin` says, null where it is not there
    JsonObject status(GrpcStatus status, @Nullable String message, @Nullable String details) {
        JsonObject json = new JsonObject();
        json.addProperty("code", status.code());
        json.addProperty("message", message == null ? "" : GrpcStatus.decoded(message));
        JsonArray known = new JsonArray();
        if (details != null) {
            addDetails(details, known);
        }
        json.add("details", known);
        return json;
    }

    /// Details are google.protobuf.Any; those of types that nobody declared are left out.
    private void addDetails(String encoded, JsonArray details) {
        try {
            byte[] bytes = Base64.getDecoder().decode(encoded.replace("=", ""));
            for (ByteString any : UnknownFieldSet.parseFrom(bytes).getField(3).getLengthDelimitedList()) {
                UnknownFieldSet fields = UnknownFieldSet.parseFrom(any);
                List<ByteString> url = fields.getField(1).getLengthDelimitedList();
                List<ByteString> value = fields.getField(2).getLengthDelimitedList();
                Descriptor type = url.isEmpty() ? null : types.getDescriptorForTypeUrl(url.getLast().toStringUtf8());
                if (type != null) {
                    DynamicMessage detail = DynamicMessage.parseFrom(type,
                            value.isEmpty() ? ByteString.EMPTY : value.getLast());
                    JsonElement shown = JsonParser.parseString(printer.print(detail));
                    JsonObject object = new JsonObject();
                    object.addProperty("@type", url.getLast().toStringUtf8());
                    if (shown.isJsonObject()) {
                        shown.getAsJsonObject().asMap().forEach(object::add);
                    } else {
                        object.add("value", shown);
                    }
                    details.add(object);
                }
            }
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            // A status is worth telling without its details too.
            details.asList().clear();
        }
    }
}
