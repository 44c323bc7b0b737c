/**
 * The program {@code scripts/chaos}: does to a fleet of real node processes what operations and
 * accidents do to one, and judges what its clients and its origin notice.
 *
 * <p>A {@link io.dawncache.bench.chaos.Scene} is one fleet under load; a {@link
 * io.dawncache.bench.chaos.Row} disturbs it and judges. {@code docs/chaos.md} describes the rows.
 *
 * <p>The program {@code scripts/soak} is here, too: {@link io.dawncache.bench.chaos.Soak} runs one
 * fleet for long while one thing after the other is done to it, and {@link
 * io.dawncache.bench.chaos.SoakFindings} judges whether what a node holds grows. {@code
 * docs/soak.md} describes it.
 */
@NullMarked
package io.dawncache.bench.chaos;

import org.jspecify.annotations.NullMarked;
