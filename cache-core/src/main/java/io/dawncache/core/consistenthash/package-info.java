/**
 * Which member owns a key. A {@link io.dawncache.core.consistenthash.Ring} is an immutable
 * consistent-hash ring over a list of members. A {@link io.dawncache.core.consistenthash.Scheme}
 * defines how its points are named and hashed, how collisions are settled and how shares are evened
 * out, so that a ring names the same owners as any node of the groupcache family, or divides the
 * keys evenly among our own nodes.
 */
@NullMarked
package io.dawncache.core.consistenthash;

import org.jspecify.annotations.NullMarked;
