/**
 * The operations listener of a node: an HTTP server of its own, apart from the data port, for
 * operators and their tools. {@link io.dawncache.operations.OperationsServer} starts it.
 */
@NullMarked
package io.dawncache.operations;

import org.jspecify.annotations.NullMarked;
