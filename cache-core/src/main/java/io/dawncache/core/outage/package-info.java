/**
 * Log lines for an operator about a fault that lasts. {@link io.dawncache.core.outage.OutageLog}
 * writes when it begins, at most once a minute while it lasts, and when it has not occurred for a
 * minute.
 */
@NullMarked
package io.dawncache.core.outage;

import org.jspecify.annotations.NullMarked;
