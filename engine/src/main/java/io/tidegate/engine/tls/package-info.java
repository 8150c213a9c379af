/// TLS on listeners: which certificate a client is shown, what it has to show, and how a connection ends.
///
/// [TlsCompiler] reads the files that a listener declares, off the event loops, and makes [TlsHosts] of them.
/// [TlsOpening] reads a client's first message, chooses by it, and hands the connection over once both sides agree.
@NullMarked
package io.tidegate.engine.tls;

import org.jspecify.annotations.NullMarked;
