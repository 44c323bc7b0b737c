package io.dawncache.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files, including connections, the operating system lets this process open. */
final class OpenFiles {
  private OpenFiles() {}

  /** Returns the limit in digits, or {@code unknown}. */
  static String limit() {
    try {
      return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
          ? Long.toString(unix.getMaxFileDescriptorCount())
          : "unknown";
    } catch (LinkageError e) {
      return "unknown"; // the modules java.management and jdk.management are absent
    }
  }
}
