package io.dawncache.node;

import io.dawncache.core.Applied;
import io.dawncache.core.Group;
import io.dawncache.node.origin.ChangeListener;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Removes from a group, at all nodes, what its origin says has changed.
 *
 * <p>Every node listens to its own origin, so each change is removed by all of them; removing is
 * idempotent, and one node that has lost its origin leaves the others in charge.
 */
record OriginChanges(Group group) implements ChangeListener {
  private static final System.Logger LOG = System.getLogger(OriginChanges.class.getName());

  @Override
  public void changed(String key) {
    try {
      CompletableFuture<Applied> unused = group.removeAsync(key).whenComplete(this::report);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.DEBUG, () -> "group %s: no key: %s".formatted(group.name(), e.getMessage()));
    }
  }

  @Override
  public void missed(String reason) {
    LOG.log(Level.WARNING, () -> "group %s: cleared, since %s".formatted(group.name(), reason));
    CompletableFuture<Applied> unused = group.clearAsync().whenComplete(this::report);
  }

  private void report(@Nullable Applied applied, @Nullable Throwable failure) {
    if (failure != null) {
      LOG.log(
          Level.WARNING,
          () ->
              "group %s: a change of the origin is not removed: %s"
                  .formatted(group.name(), failure.getMessage()));
    }
  }
}
