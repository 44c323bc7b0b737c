/**
 * Which member owns a key. A {@link io.dawncache.core.consistenthash.Ring} is an immutable
 * consistent-hash ring over a list of members. A {@link io.dawncache.core.consistenthash.Scheme}
 * defines how its points are named and hashed and how collisions are settled, so that a ring names
 * the same owners as any node of the groupcache family.
 */
@NullMarked
package io.dawncache.core.consistenthash;

import org.jspecify.annotations.NullMarked;
