package io.tidegate.policies.grpcjson;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.tidegate.api.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One way to call a method by HTTP, as an annotation says (google.api.HttpRule).
///
/// @param method
///            of HTTP: `GET`; `*` for every one
/// @param path
///            its template
/// @param body
///            where the body goes: `*` for the whole message, the name of a field, or empty for no body
/// @param responseBody
///            the field that is the response, empty for the whole message
record HttpRule(String method, String path, String body, String responseBody) {

    /// google.api.http, an extension of the options of methods.
    private static final int EXTENSION = 72295728;

    // Numbers of the fields of google.api.HttpRule.
    private static final int GET = 2;
    private static final int PATCH = 6;
    private static final int BODY = 7;
    private static final int CUSTOM = 8;
    private static final int ADDITIONAL = 11;
    private static final int RESPONSE_BODY = 12;

    private static final String[] METHODS = {"GET", "PUT", "POST", "DELETE", "PATCH"};

    /// Every way that the annotation of a method names; none where there is no annotation.
    static List<HttpRule> of(MethodDescriptor method) {
        UnknownFieldSet options = method.getOptions().getUnknownFields();
        List<HttpRule> rules = new ArrayList<>();
        UnknownFieldSet.Builder whole = UnknownFieldSet.newBuilder();
        try {
            for (ByteString part : options.getField(EXTENSION).getLengthDelimitedList()) {
                whole.mergeFrom(part);
            }
            UnknownFieldSet rule = whole.build();
            if (!rule.asMap().isEmpty()) {
                add(rule, rules);
                for (ByteString additional : rule.getField(ADDITIONAL).getLengthDelimitedList()) {
                    add(UnknownFieldSet.parseFrom(additional), rules);
                }
            }
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new ConfigException("descriptors",
                    method.getFullName() + ": its google.api.http annotation can't be read: " + e.getMessage());
        }
        return rules;
    }

    private static void add(UnknownFieldSet rule, List<HttpRule> rules) throws InvalidProtocolBufferException {
        String method = null;
        String path = null;
        for (int number = GET; number <= PATCH; number++) {
            String value = text(rule, number);
            if (value != null) {
                method = METHODS[number - GET];
                path = value;
            }
        }
        for (ByteString custom : rule.getField(CUSTOM).getLengthDelimitedList()) {
            UnknownFieldSet pattern = UnknownFieldSet.parseFrom(custom);
            method = text(pattern, 1);
            path = text(pattern, 2);
        }
        if (method == null || path == null) {
            throw new IllegalArgumentException("it has no method of HTTP with a path");
        }
        rules.add(new HttpRule(method, path, orEmpty(text(rule, BODY)), orEmpty(text(rule, RESPONSE_BODY))));
    }

    private static @Nullable String text(UnknownFieldSet message, int number) {
        List<ByteString> values = message.getField(number).getLengthDelimitedList();
        return values.isEmpty() ? null : values.getLast().toStringUtf8();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
