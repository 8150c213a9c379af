package io.tidegate.api;

/// The head of a response, from [Policy#onResponse] on.
public interface Response {

    /// The status code, 200 to 599.
    int status();

    /// Replaces the status code.
    ///
    /// @param status
    ///            200 to 599, and not one that changes the framing of the body (204, 304)
    void setStatus(int status);

    /// The header fields.
    Headers headers();

    /// Declared length of the body in bytes, 0 for no body, -1 for one of unknown length.
    long contentLength();

    /// Whether an upstream sent it. Otherwise a policy or the gateway itself made it.
    boolean fromUpstream();

    /// Replaces a body that [Decision#withBody] has collected, an empty one included. The array is not copied. Answers
    /// to HEAD, 204 and 304 go without a body nevertheless.
    void replaceBody(byte[] body);
}
