/**
 * Values from Redis: {@link io.dawncache.node.origin.redis.RedisOrigin} and what it needs. The
 * client is loaded when a group uses it.
 */
@NullMarked
package io.dawncache.node.origin.redis;

import org.jspecify.annotations.NullMarked;
