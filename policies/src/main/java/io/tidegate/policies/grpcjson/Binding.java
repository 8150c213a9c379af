package io.tidegate.policies.grpcjson;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One way to call a method by HTTP, checked against the types of its messages.
///
/// @param method
///            what is called
/// @param http
///            the method of HTTP, `*` for every one
/// @param path
///            what paths it has
/// @param variables
///            the fields that [#path]'s variables are given to, in their order
/// @param wholeBody
///            whether the body is the whole request
/// @param body
///            the field that the body is, null for none
/// @param responseBody
///            the field that the response is, null for the whole message
record Binding(MethodDescriptor method, String http, PathTemplate path, List<FieldPath> variables, boolean wholeBody,
        @Nullable FieldDescriptor body, @Nullable FieldDescriptor responseBody) {

    /// Checks what an annotation says.
    ///
    /// @throws IllegalArgumentException
    ///             where the messages have no such fields
    static Binding of(MethodDescriptor method, HttpRule rule) {
        Descriptor input = method.getInputType();
        PathTemplate template = PathTemplate.parse(rule.path());
        List<FieldPath> variables = new ArrayList<>();
        for (PathTemplate.Variable variable : template.variables()) {
            FieldPath field = FieldPath.of(input, variable.field());
            if (field == null) {
                throw missing(rule.path(), variable.field(), input);
            }
            if (field.isRepeated() || !field.isValue()) {
                throw new IllegalArgumentException("the path template '" + rule.path() + "' has {" + variable.field()
                        + "}, a field that no text can stand for");
            }
            variables.add(field);
        }
        boolean whole = rule.body().equals("*");
        FieldDescriptor body = whole || rule.body().isEmpty() ? null : input.findFieldByName(rule.body());
        if (!whole && !rule.body().isEmpty() && body == null) {
            throw missing(rule.path(), rule.body(), input);
        }
        FieldDescriptor answer = rule.responseBody().isEmpty()
                ? null
                : method.getOutputType().findFieldByName(rule.responseBody());
        if (!rule.responseBody().isEmpty() && answer == null) {
            throw missing(rule.path(), rule.responseBody(), method.getOutputType());
        }
        return new Binding(method, rule.method(), template, List.copyOf(variables), whole, body, answer);
    }

    private static IllegalArgumentException missing(String path, String field, Descriptor type) {
        return new IllegalArgumentException(
                "the annotation for '" + path + "' names the field '" + field + "', which " + type.getFullName()
                        + " does not have");
    }

    /// A method called by its full name, with the request for a body.
    static Binding byName(MethodDescriptor method) {
        PathTemplate path = new PathTemplate(List.of(method.getService().getFullName(), method.getName()), List.of(),
                "");
        return new Binding(method, "POST", path, List.of(), true, null, null);
    }

    /// The path that gRPC calls the method by.
    String grpcPath() {
        return "/" + method.getService().getFullName() + "/" + method.getName();
    }
}
