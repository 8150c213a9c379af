/// Tests of the policy.
@org.jspecify.annotations.NullMarked
package io.tidegate.policies.faultinjection;
