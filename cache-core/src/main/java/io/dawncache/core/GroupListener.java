package io.dawncache.core;

/**
 * Called for each event in a group, in order, one at a time, on the callback executor. It should
 * keep up: when 10,000 events wait for it, later ones are dropped, which {@link EventStats#unheard}
 * counts.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface GroupListener {
  /**
   * Called for an event. What this throws goes to the thread's uncaught exception handler.
   *
   * @param event what happened
   */
  void onEvent(GroupEvent event);
}
