package io.tidegate.engine.observe;

import java.util.Map;

/// What one event loop counts of the copies of a route's requests.
public final class MirrorCells {

    /// What became of a copy that was sent.
    public enum Result {
        /// Its answer is the same as the service's.
        SAME,
        /// The statuses differ.
        STATUS,
        /// A field differs.
        HEADERS,
        /// The bodies differ.
        BODY,
        /// It was answered, and was to be compared, but could not be.
        UNCOMPARED,
        /// It was answered; nothing is compared.
        ANSWERED,
        /// It was not answered.
        FAILED
    }

    /// Why a request was not copied, though it was its turn.
    public enum Skipped {
        /// The gateway is short of something.
        OVERLOAD,
        /// As many copies are under way as may be.
        BUSY,
        /// The body is too long.
        LENGTH,
        /// The worker has no room to spare for the body.
        MEMORY,
        /// The exchange was over before the request was complete.
        INCOMPLETE,
        /// No endpoint of the mirror is used now.
        UNAVAILABLE
    }

    /// Why two answers were not compared.
    public enum Uncompared {
        /// The client got no whole answer of the service.
        UNANSWERED,
        /// A body is too long.
        LENGTH,
        /// The worker has no room to spare for a body.
        MEMORY,
        /// The bodies are coded in a way that can't be undone here.
        ENCODING,
        /// The comparison itself failed.
        FAILED,
        /// As many answers are being compared as may be.
        BUSY
    }

    private static final String[] RESULTS = CodeCounts.words(Result.values());
    private static final String[] SKIPPED = CodeCounts.words(Skipped.values());
    private static final String[] UNCOMPARED = CodeCounts.words(Uncompared.values());

    private final CodeCounts results = new CodeCounts();
    private final CodeCounts skipped = new CodeCounts();
    private final CodeCounts uncompared = new CodeCounts();
    private final CodeCounts faults = new CodeCounts();
    private final Histogram slower = new Histogram();
    private final Histogram faster = new Histogram();

    MirrorCells() {
        // Nothing has been counted.
    }

    /// Counts a copy that was sent and is over.
    public void result(Result result) {
        results.add(RESULTS[result.ordinal()]);
    }

    /// Counts a copy that was not answered.
    ///
    /// @param fault
    ///            code of the fault
    public void failed(String fault) {
        result(Result.FAILED);
        faults.add(fault);
    }

    /// Counts a request that was not copied.
    public void skipped(Skipped cause) {
        skipped.add(SKIPPED[cause.ordinal()]);
    }

    /// Counts two answers that were not compared.
    public void uncompared(Uncompared cause) {
        result(Result.UNCOMPARED);
        uncompared.add(UNCOMPARED[cause.ordinal()]);
    }

    /// Counts how much longer the mirror took to its head, in nanoseconds; less than 0 where it was faster.
    public void difference(long nanos) {
        if (nanos > 0) {
            slower.record(nanos);
        } else {
            faster.record(-nanos);
        }
    }

    /// Adds what became of copies to `totals`.
    public void addResultsTo(Map<String, Long> totals) {
        results.addTo(totals);
    }

    /// Adds the requests that were not copied, by cause, to `totals`.
    public void addSkippedTo(Map<String, Long> totals) {
        skipped.addTo(totals);
    }

    /// Adds the answers that were not compared, by cause, to `totals`.
    public void addUncomparedTo(Map<String, Long> totals) {
        uncompared.addTo(totals);
    }

    /// Adds the faults of copies that were not answered to `totals`.
    public void addFaultsTo(Map<String, Long> totals) {
        faults.addTo(totals);
    }

    /// How much longer mirrors took.
    public Histogram slower() {
        return slower;
    }

    /// How much longer services took.
    public Histogram faster() {
        return faster;
    }

    CodeCounts results() {
        return results;
    }

    CodeCounts skipped() {
        return skipped;
    }

    CodeCounts uncompared() {
        return uncompared;
    }

    CodeCounts faults() {
        return faults;
    }
}
