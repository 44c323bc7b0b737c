package io.dawncache.node;

import java.lang.System.Logger.Level;

/**
 * The signal SIGHUP, which stops the JVM by default. Tools that rotate logs send it so that a
 * program reopens its log; a node logs to standard error and continues.
 */
final class Hangup {
  /*
   * The JDK handles signals only by sun.misc.Signal, in its module jdk.unsupported. It is used by
   * reflection, because the compiler warns about each use, and the warning cannot be suppressed. In
   * a JVM that lacks it, or runs with -Xrs, the signal keeps the system's default.
   */
  private static final System.Logger LOG = System.getLogger(Hangup.class.getName());

  private Hangup() {}

  /** Ignores the signal in this process, if the JVM allows that. */
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
