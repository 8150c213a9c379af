/// `extAuthz`: a service decides on requests by Envoy's interface for that, in gRPC
/// (`envoy.service.auth.v3.Authorization/Check`). The few messages of it are written and read field by field.
@NullMarked
package io.tidegate.extauthz;

import org.jspecify.annotations.NullMarked;
