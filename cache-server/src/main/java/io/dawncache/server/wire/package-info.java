/**
 * The protocol, in one place: the {@linkplain io.dawncache.server.Dialect dialects} of the
 * groupcache family, what a path means and how it is escaped, how a get that ended without a value
 * is answered, what our nodes ask each other and what the answers mean, and the protobuf messages.
 * Pure functions between the core's types and HTTP's; no connection and no thread. Package {@code
 * frame} sends the same messages in frames; no third package sees the generated protobuf classes.
 */
@NullMarked
package io.dawncache.server.wire;

import org.jspecify.annotations.NullMarked;
