package io.dawncache.operations;

import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One condition for a node to be ready, beside those that {@code /readyz} has by itself.
 *
 * @param name what is checked, such as {@code database}
 * @param fault returns why the node is not ready, or null; asked on the listener's thread for each
 *     request, so it must be quick and must not block
 * @since 0.1.0
 */
public record ReadyCheck(String name, Supplier<@Nullable String> fault) {
  /** Refuses nulls. */
  public ReadyCheck {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(fault, "fault");
  }
}
