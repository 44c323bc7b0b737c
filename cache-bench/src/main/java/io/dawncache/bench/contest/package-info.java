/**
 * {@code bench contest}: whole servers, ours and others', asked by the same client in turns;
 * compares the CPU time that a request costs them.
 */
@NullMarked
package io.dawncache.bench.contest;

import org.jspecify.annotations.NullMarked;
