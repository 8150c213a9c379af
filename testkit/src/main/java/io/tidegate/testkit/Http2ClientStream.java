package io.tidegate.testkit;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// What came to an HTTP/2 client on one stream so far.
final class Http2ClientStream {

    final List<Integer> interim = new ArrayList<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    int status;
    List<RawField> fields = List.of();
    List<RawField> trailers = List.of();
    long reset = -1;
    boolean complete;
    int window = 65_535;

    boolean isOver() {
        return complete || reset >= 0;
    }

    /// A head, of an interim answer, of the answer, or of its trailers.
    void head(int told, List<RawField> with, boolean last) {
        if (told >= 100 && told < 200) {
            interim.add(told);
        } else if (status == 0) {
            status = told;
            fields = with;
        } else {
            trailers = with;
        }
        complete = last;
    }
}
