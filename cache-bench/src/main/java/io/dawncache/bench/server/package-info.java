/**
 * What a whole node costs: {@code io.dawncache.node} in separate processes, asked over HTTP,
 * compared with a server that only speaks HTTP.
 */
@NullMarked
package io.dawncache.bench.server;

import org.jspecify.annotations.NullMarked;
