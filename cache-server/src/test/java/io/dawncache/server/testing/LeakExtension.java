package io.dawncache.server.testing;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class after which Netty reports a leak. Registered for every test class by {@code
 * META-INF/services}.
 *
 * <p>A leak shows when the buffer is collected, so what a class leaks on a thread that outlives it
 * may be charged to a class that runs later.
 */
public final class LeakExtension implements AfterAllCallback {
  static {
    LeakRecorder.install();
  }

  /** Made by JUnit, before Netty makes its first detector. */
  public LeakExtension() {}

  @Override
  public void afterAll(ExtensionContext context) throws InterruptedException {
    List<String> leaks = LeakRecorder.takeLeaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          leaks.size() + " leaks (expected: none)\n" + String.join("\n", leaks));
    }
  }
}
