package io.dawncache.core;

/**
 * Is called with what happens in a group, in order, one event at a time, on the callback executor.
 * It should keep up: when 10,000 events wait for it, later ones are dropped, which {@link
 * EventStats#unheard} counts.
 */
@FunctionalInterface
public interface GroupListener {
  /** Something has happened. What this throws goes to the thread's uncaught exception handler. */
  void onEvent(GroupEvent event);
}
