package io.dawncache.node.origin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether an origin answers.
 *
 * @param state what its last loads say
 * @param reason why it is not reachable, in a few words without secrets; else null
 * @param since when the state began
 * @since 0.1.0
 */
public record OriginHealth(State state, @Nullable String reason, Instant since) {
  /** What the last loads say. */
  public enum State {
    /** No load has needed it yet. */
    NOT_NEEDED,
    /** It answers. */
    REACHABLE,
    /** It does not answer. */
    UNREACHABLE
  }
}
