package io.dawncache.core;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How a JVM lays out objects on its heap, and so what an object or array costs there.
 *
 * @param headerBytes of an object, before its fields
 * @param arrayHeaderBytes of an array, before its elements
 * @param referenceBytes of a reference in a field or an array
 * @param alignmentBytes every object's size is rounded up to a multiple of this
 * @param latin1 whether a string of Latin-1 characters takes one byte for each
 * @param regionBytes the size of the heap's regions, of which an object longer than half a region
 *     takes whole ones; 0 if the collector has none
 */
record HeapLayout(
    int headerBytes,
    int arrayHeaderBytes,
    int referenceBytes,
    int alignmentBytes,
    boolean latin1,
    long regionBytes) {
  /*
   * HotSpot lays out fields, including those of superclasses, without gaps where their sizes allow
   * it, and rounds the total up. One gap can stay: before a field of eight bytes after a header of
   * twelve, if there is no narrower field to fill it.
   *
   * G1 puts an array longer than half a region into regions of its own. In a small heap, where a
   * region is a megabyte, an array of a megabyte takes two regions, because its header does not fit
   * into the first.
   *
   * Seven options decide the rest. They are read once, through a management bean of the JDK. A
   * program that runs without that bean's module, or on another JVM, uses the largest layout: its
   * caches then hold less than they could, never more.
   */

  /** HotSpot with its usual alignment needs at most this for any object. */
  static final HeapLayout LARGEST = new HeapLayout(16, 24, 8, 8, false, 0);

  /** The layout of the running JVM. */
  static final HeapLayout RUNNING = ofRunningJvm();

  private static final int LONG_BYTES = 8;

  private static HeapLayout ofRunningJvm() {
    try {
      var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return options == null ? LARGEST : of(options, Runtime.version().feature());
    } catch (LinkageError e) {
      return LARGEST; // the modules java.management and jdk.management are missing
    }
  }

  private static HeapLayout of(HotSpotDiagnosticMXBean options, int javaVersion) {
    boolean compactHeaders = isSet(options, "UseCompactObjectHeaders", false);
    boolean narrowClasses = isSet(options, "UseCompressedClassPointers", true);
    int headerBytes = compactHeaders ? 8 : narrowClasses ? 12 : 16;
    int lengthBytes = 4;
    return new HeapLayout(
        headerBytes,
        // Before Java 23, array elements began at a multiple of eight.
        javaVersion < 23 ? roundUp(headerBytes + lengthBytes, 8) : headerBytes + lengthBytes,
        isSet(options, "UseCompressedOops", true) ? 4 : 8,
        Integer.parseInt(options.getVMOption("ObjectAlignmentInBytes").getValue()),
        isSet(options, "CompactStrings", true),
        isSet(options, "UseG1GC", false)
            ? Long.parseLong(options.getVMOption("G1HeapRegionSize").getValue())
            : 0);
  }

  /** Returns an option of the JVM, or {@code otherwise} on a Java version that does not have it. */
  private static boolean isSet(HotSpotDiagnosticMXBean options, String name, boolean otherwise) {
    try {
      return Boolean.parseBoolean(options.getVMOption(name).getValue());
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  /**
   * Returns the cost of an object.
   *
   * @param references the number of reference fields
   * @param longs the number of eight-byte fields
   * @param narrowBytes the total size of its other fields
   */
  long objectBytes(int references, int longs, int narrowBytes) {
    int wide = LONG_BYTES * longs;
    int narrow = narrowBytes;
    if (referenceBytes == LONG_BYTES) {
      wide += LONG_BYTES * references;
    } else {
      narrow += referenceBytes * references;
    }
    int gap = wide == 0 ? 0 : roundUp(headerBytes, LONG_BYTES) - headerBytes;
    return aligned(headerBytes + wide + Math.max(gap, narrow));
  }

  /** Returns the cost of an array of bytes. */
  long byteArrayBytes(long length) {
    long bytes = aligned(arrayHeaderBytes + length);
    return regionBytes > 0 && bytes > regionBytes / 2
        ? (bytes + regionBytes - 1) / regionBytes * regionBytes
        : bytes;
  }

  /** Returns the cost of a string, including its characters. O(length). */
  long stringBytes(String text) {
    long charBytes = latin1 && isLatin1(text) ? 1 : 2;
    // A reference to the characters; the hash in four bytes, and two flags.
    return objectBytes(1, 0, 6) + byteArrayBytes(charBytes * text.length());
  }

  private static boolean isLatin1(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0xff) {
        return false;
      }
    }
    return true;
  }

  private long aligned(long bytes) {
    return (bytes + alignmentBytes - 1) / alignmentBytes * alignmentBytes;
  }

  private static int roundUp(int bytes, int multiple) {
    return (bytes + multiple - 1) / multiple * multiple;
  }
}
