/**
 * Values from a database: {@link io.dawncache.node.origin.jdbc.JdbcOrigin} and what it needs. The
 * pool and the drivers are loaded when a group uses them.
 */
@NullMarked
package io.dawncache.node.origin.jdbc;

import org.jspecify.annotations.NullMarked;
