package io.tidegate.engine.mirror;

import io.tidegate.engine.wire.HeaderView;
import io.tidegate.engine.wire.ResponseHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is kept of an answer to be compared. Its body is complete when it is looked at.
///
/// @param nanos
///            from the start of the try to the head
/// @param fields
///            the values of those that are compared, in their order
/// @param type
///            its `Content-Type`, or null
/// @param encoding
///            its `Content-Encoding`, or null
record Answer(int status, long nanos, List<List<String>> fields, @Nullable String type, @Nullable String encoding,
        BodyCopy body) {

    static Answer of(ResponseHead head, long nanos, List<String> names, BodyCopy body) {
        HeaderView view = new HeaderView();
        view.show(head);
        List<List<String>> fields = new ArrayList<>(names.size());
        for (String name : names) {
            fields.add(view.all(name));
        }
        return new Answer(head.status(), nanos, fields, view.get("content-type"), view.get("content-encoding"), body);
    }
}
