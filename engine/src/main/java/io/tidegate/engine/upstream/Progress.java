package io.tidegate.engine.upstream;

/// How far a request had come when its stream broke.
public enum Progress {
    /// The service says that it has not looked at it (RFC 9113 §8.7): it can be sent once more, whatever its method.
    UNPROCESSED,
    /// Nothing has come back.
    UNANSWERED,
    /// A part of the response has come.
    ANSWERED
}
