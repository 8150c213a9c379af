package io.tidegate.tests.identity;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;

/// The messages of `envoy.service.auth.v3`, read and written by protobuf's own code from a description of them.
final class CheckMessages {

    private static final FileDescriptor FILE = file();

    private CheckMessages() {
    }

    private static String field(String name, int number, String type) {
        boolean repeated = type.startsWith("*");
        String bare = repeated ? type.substring(1) : type;
        boolean message = Character.isUpperCase(bare.charAt(0));
        return " field { name: \"" + name + "\" number: " + number + " label: LABEL_"
                + (repeated ? "REPEATED" : "OPTIONAL") + " type: TYPE_"
                + (message ? "MESSAGE type_name: \".t." + bare + "\"" : bare.toUpperCase(java.util.Locale.ROOT)) + " }";
    }

    private static String message(String name, String... fields) {
        return "message_type { name: \"" + name + "\"" + String.join("", fields) + " }\n";
    }

    private static FileDescriptor file() {
        String text = "name: \"t.proto\" package: \"t\" syntax: \"proto3\"\n"
                + message("Entry", field("key", 1, "string"), field("value", 2, "string"))
                + message("Socket", field("address", 2, "string"), field("port_value", 3, "uint32"))
                + message("Address", field("socket_address", 1, "Socket"))
                + message("Peer", field("address", 1, "Address"), field("principal", 4, "string"))
                + message("Http", field("id", 1, "string"), field("method", 2, "string"), field("headers", 3, "*Entry"),
                        field("path", 4, "string"), field("host", 5, "string"), field("scheme", 6, "string"),
                        field("size", 9, "int64"), field("body", 11, "string"), field("raw_body", 12, "bytes"))
                + message("Request", field("http", 2, "Http"))
                + message("Attributes", field("source", 1, "Peer"), field("request", 4, "Request"),
                        field("context_extensions", 10, "*Entry"))
                + message("CheckRequest", field("attributes", 1, "Attributes"))
                + message("HttpStatus", field("code", 1, "int32"))
                + message("HeaderValue", field("key", 1, "string"), field("value", 2, "string"),
                        field("raw_value", 3, "bytes"))
                + message("Option", field("header", 1, "HeaderValue"), field("append_action", 3, "int32"))
                + message("Denied", field("status", 1, "HttpStatus"), field("headers", 2, "*Option"),
                        field("body", 3, "string"))
                + message("Ok", field("headers", 2, "*Option"), field("headers_to_remove", 5, "*string"))
                + message("Status", field("code", 1, "int32"), field("message", 2, "string"))
                + message("CheckResponse", field("status", 1, "Status"), field("denied_response", 2, "Denied"),
                        field("ok_response", 3, "Ok"));
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder();
        try {
            TextFormat.merge(text, file);
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
        } catch (TextFormat.ParseException | DescriptorValidationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Descriptor type(String name) {
        Descriptor type = FILE.findMessageTypeByName(name);
        if (type == null) {
            throw new IllegalArgumentException(name);
        }
        return type;
    }

    /// What a gateway has asked, as text.
    static String request(byte[] message) {
        try {
            DynamicMessage read = DynamicMessage.parseFrom(type("CheckRequest"), message);
            if (!read.getUnknownFields().asMap().isEmpty()) {
                throw new AssertionError("unknown fields: " + read);
            }
            return TextFormat.printer().emittingSingleLine(true).printToString(read);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /// An answer that is described as text.
    static byte[] response(String text) {
        DynamicMessage.Builder answer = DynamicMessage.newBuilder(type("CheckResponse"));
        try {
            TextFormat.merge(text, answer);
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(e);
        }
        return answer.build().toByteArray();
    }
}
