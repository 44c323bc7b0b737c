/**
 * Which member owns a key. A {@link io.dawncache.core.consistenthash.Ring} is an immutable
 * consistent-hash ring over a list of members; a {@link io.dawncache.core.consistenthash.Scheme}
 * says how its points are named, hashed and told apart, so that a ring here names the same owners
 * as any node of the groupcache family.
 */
@NullMarked
package io.dawncache.core.consistenthash;

import org.jspecify.annotations.NullMarked;
