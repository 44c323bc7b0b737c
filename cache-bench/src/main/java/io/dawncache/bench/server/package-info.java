/**
 * What a whole node costs: {@code io.dawncache.node} in processes of its own, asked over HTTP,
 * beside a server that speaks HTTP and nothing else.
 */
@NullMarked
package io.dawncache.bench.server;

import org.jspecify.annotations.NullMarked;
