/** The keys that benchmarks ask for, drawn before the measurement and the same in every run. */
@NullMarked
package io.dawncache.bench.workload;

import org.jspecify.annotations.NullMarked;
