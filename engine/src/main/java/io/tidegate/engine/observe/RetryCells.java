package io.tidegate.engine.observe;

import java.util.Map;

/// What one event loop counts of the repeats to one upstream.
public final class RetryCells {

    /// Why a request is repeated.
    public enum Reason {
        /// No connection came about.
        CONNECT_FAILURE,
        /// The service said that it has not looked at it.
        UNPROCESSED,
        /// The connection broke before a byte of the response.
        RESET,
        /// The service took too long.
        TIMEOUT,
        /// The status of the answer.
        STATUS,
        /// The status of a call of gRPC.
        GRPC_STATUS
    }

    /// Why a request is not repeated though it failed in a way that is listed.
    public enum Refusal {
        /// Doing it twice could do harm.
        UNSAFE,
        /// Its body is not at hand.
        BODY,
        /// The service wants more time than is given.
        RETRY_AFTER,
        /// There is no time left.
        TIME,
        /// The budget of the upstream is used up.
        BUDGET
    }

    /// What came of a request that was sent a second time before the first was answered.
    public enum Hedged {
        /// The client got its answer.
        WON,
        /// The client got the other's answer, or left.
        LOST,
        /// It failed, or its answer was none to be taken.
        FAILED
    }

    /// Stands between a reason and a result.
    static final char BETWEEN = ' ';

    private static final String[][] REPEATED = repeated();
    private static final String[] REFUSED = CodeCounts.words(Refusal.values());
    private static final String[] HEDGED = CodeCounts.words(Hedged.values());

    private final CodeCounts repeats = new CodeCounts();
    private final CodeCounts refusals = new CodeCounts();
    private final CodeCounts hedges = new CodeCounts();

    RetryCells() {
        // Nothing has been counted.
    }

    private static String[][] repeated() {
        String[] reasons = CodeCounts.words(Reason.values());
        String[][] all = new String[reasons.length][];
        for (int i = 0; i < reasons.length; i++) {
            all[i] = new String[]{reasons[i] + BETWEEN + "failed", reasons[i] + BETWEEN + "answered"};
        }
        return all;
    }

    /// Counts a repeat that has come to its end.
    ///
    /// @param answered
    ///            whether the client got what came of it
    public void repeated(Reason reason, boolean answered) {
        repeats.add(REPEATED[reason.ordinal()][answered ? 1 : 0]);
    }

    /// Counts a repeat that was not made.
    public void refused(Refusal refusal) {
        refusals.add(REFUSED[refusal.ordinal()]);
    }

    /// Counts a second request beside the first.
    public void hedged(Hedged result) {
        hedges.add(HEDGED[result.ordinal()]);
    }

    CodeCounts hedges() {
        return hedges;
    }

    /// Adds the repeats, by reason and result, to `totals`.
    void addRepeatsTo(Map<String, Long> totals) {
        repeats.addTo(totals);
    }

    CodeCounts refusals() {
        return refusals;
    }
}
