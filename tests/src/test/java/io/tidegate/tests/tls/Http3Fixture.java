package io.tidegate.tests.tls;

import io.tidegate.testkit.Http3Client;

/// A service, and a gateway that speaks HTTP/3 in front of it.
abstract class Http3Fixture extends TlsFixture {

    static final String H3 = "protocols: [http/1.1, h2, h3]";
    static final int NO_ERROR = 0x100;
    static final int FRAME_ERROR = 0x106;
    static final int EXCESSIVE_LOAD = 0x107;
    static final int CANCELLED = 0x10c;
    static final int MESSAGE_ERROR = 0x10e;

    /// Starts a gateway whose listener has these keys beside `tls`.
    final void startHttp3(String... beside) {
        String[] all = new String[beside.length + 1];
        all[0] = H3;
        System.arraycopy(beside, 0, all, 1, beside.length);
        start("certificates: [" + certificate("api", "api.test") + "]", all);
    }

    final Http3Client http3() {
        return Http3Client.connect(gateway().address(), servers.identity(null), "api.test");
    }

    final double rejected(String reason) {
        return gateway().metric("tidegate_rejects_total", "reason=\"" + reason + '"');
    }
}
