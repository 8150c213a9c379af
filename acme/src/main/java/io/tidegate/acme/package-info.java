/// Certificates that the gateway gets from an authority by ACME (RFC 8555) and renews by itself.
///
/// [AcmeCertificates] is the door. It has one [Renewal] for each account, with a virtual thread of its own, which
/// writes certificates into a [Store]. That is all: whoever reads configurations watches those files and puts them in
/// place, here and in every other gateway that shares the store. While an authority looks whether a name leads here,
/// [OpenChallenges] has the engine answer it.
///
/// No class of acme4j or BouncyCastle is loaded before the first certificate is asked for.
@NullMarked
package io.tidegate.acme;

import org.jspecify.annotations.NullMarked;
