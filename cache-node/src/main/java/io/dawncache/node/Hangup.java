package io.dawncache.node;

import java.lang.System.Logger.Level;

/**
 * The signal SIGHUP, at which the JVM stops by default. Tools that rotate logs send it so that a
 * program opens its log anew; a node logs to standard error and goes on.
 */
final class Hangup {
  /*
   * The JDK has no other way to a signal than sun.misc.Signal, in its module jdk.unsupported. It is
   * used by reflection, because the compiler warns of each use, and the warning cannot be
   * suppressed. A JVM that lacks it, or was started with -Xrs, leaves the signal as the system has it.
   */
  private static final System.Logger LOG = System.getLogger(Hangup.class.getName());

  private Hangup() {}

  /** Has this process ignore the signal, where the JVM allows that. */
  static void ignore() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, handler)
          .invoke(
              null,
              signal.getConstructor(String.class).newInstance("HUP"),
              handler.getField("SIG_IGN").get(null));
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "SIGHUP: not ignored", e);
    }
  }
}
