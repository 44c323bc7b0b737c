/**
 * The program {@code scripts/siege}: asks one real node process for more than it can give, or
 * attacks it as slow and silent clients do, and judges what another client notices.
 *
 * <p>A {@link io.dawncache.bench.siege.Scene} has a node of its own. {@link
 * io.dawncache.bench.siege.OverloadScene} is one, {@link io.dawncache.bench.siege.AttackScene} is
 * one for each {@link io.dawncache.bench.siege.Attack}. {@code docs/siege.md} describes them.
 */
@NullMarked
package io.dawncache.bench.siege;

import org.jspecify.annotations.NullMarked;
