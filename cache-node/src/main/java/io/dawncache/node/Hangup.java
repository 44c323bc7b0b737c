package io.dawncache.node;

import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;

/**
 * The signal SIGHUP, which stops the JVM by default. Tools that rotate logs send it so that a
 * program reopens its log; a node logs to standard error and continues. A node with a configuration
 * file reads that again, and one with an access log opens that anew.
 */
final class Hangup {
  /*
   * The JDK handles signals only by sun.misc.Signal, in its module jdk.unsupported. It is used by
   * reflection, because the compiler warns about each use, and the warning cannot be suppressed. In
   * a JVM that lacks it, or runs with -Xrs, the signal keeps the system's default.
   *
   * A JVM never handles a SIGHUP that is ignored already, be it by the program that started it or
   * by itself. So the signal is handled from the start, and ignored only when it is clear that it
   * always will be.
   */
  private static final System.Logger LOG = System.getLogger(Hangup.class.getName());

  private static volatile Runnable action = () -> {};

  private Hangup() {}

  /** Takes the signal from now on, and does nothing at first; see {@link #call}. */
  static void take() {
    handle(
        handler ->
            Proxy.newProxyInstance(
                Hangup.class.getClassLoader(),
                new Class<?>[] {handler},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("handle")) {
                    action.run();
                    return null;
                  }
                  return method.invoke(LOG, arguments); // a method of Object
                }));
  }

  /** Calls {@code action}, which must not block, at each signal, on a thread of the JDK's. */
  static void call(Runnable action) {
    Hangup.action = action;
  }

  /** Ignores the signal in this process from now on, if the JVM allows that. */
  static void ignore() {
    handle(handler -> handler.getField("SIG_IGN").get(null));
  }

  /** Makes a {@code sun.misc.SignalHandler}, given that class. */
  @FunctionalInterface
  private interface Handler {
    Object of(Class<?> handler) throws ReflectiveOperationException;
  }

  private static void handle(Handler handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      signal
          .getMethod("handle", signal, type)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handler.of(type));
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.DEBUG, "SIGHUP: not handled", e);
    }
  }
}
