/// The policy `oidc`: people log in at an OpenID provider with their browser (OpenID Connect Core 1.0, authorization
/// code flow with PKCE), and a cookie says from then on who they are.
///
/// ```
/// browser                    gateway                                     provider
///   GET /page       →  no session: Logins.begin
///   ← 302, login cookie      (state, nonce, verifier, sealed)
///   GET authorization endpoint ─────────────────────────────────────→
///   GET /oidc/callback?code&state  → Logins.complete   code, verifier →  token endpoint
///                                                      ← ID token, …
///   ← 303 /page, session cookie    Sessions.begin
///   GET /page       →  Sessions.find, Refreshes        → service
/// ```
///
/// Everything here is for many threads at once. Where a step has to wait, it returns a stage that never touches the
/// exchange; the policy itself does that, on the loop.
@NullMarked
package io.tidegate.identity.oidc;

import org.jspecify.annotations.NullMarked;
