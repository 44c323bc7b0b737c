package io.dawncache.core;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How a JVM lays objects out on its heap, and so what any object or array costs there.
 *
 * @param headerBytes of an object, before its fields
 * @param arrayHeaderBytes of an array, before its elements
 * @param referenceBytes of a reference in a field or an array
 * @param alignmentBytes what every object is rounded up to
 * @param latin1 whether a string takes one byte a char where that suffices
 * @param regionBytes the length of the heap's regions, of which an object longer than half of one
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
   * HotSpot sets fields without gaps wherever their sizes allow, those of a superclass included, and
   * rounds the whole up. The one gap that can stay is before a field of eight bytes behind a header
   * of twelve, when there is nothing narrower to fill it.
   *
   * G1 gives an array of more than half a region regions of its own: one of a megabyte takes two in
   * a small heap, where a region is a megabyte, for its header does not fit any more.
   *
   * Seven options decide the rest. They are asked for once, through a management bean of the JDK; a
   * program that runs without its module, or on another JVM, gets the largest layout: its caches
   * hold less than they might, never more.
   */

  /** No HotSpot with its usual alignment needs more for any object. */
  static final HeapLayout LARGEST = new HeapLayout(16, 24, 8, 8, false, 0);

  /** The layout of the JVM that runs this. */
  static final HeapLayout RUNNING = ofRunningJvm();

  private static final int LONG_BYTES = 8;

  private static HeapLayout ofRunningJvm() {
    try {
      var options = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
      return options == null ? LARGEST : of(options, Runtime.version().feature());
    } catch (LinkageError e) {
      return LARGEST; // the modules java.management and jdk.management are not there
    }
  }

  private static HeapLayout of(HotSpotDiagnosticMXBean options, int javaVersion) {
    boolean compactHeaders = isSet(options, "UseCompactObjectHeaders", false);
    boolean narrowClasses = isSet(options, "UseCompressedClassPointers", true);
    int headerBytes = compactHeaders ? 8 : narrowClasses ? 12 : 16;
    int lengthBytes = 4;
    return new HeapLayout(
        headerBytes,
        // Until 22 the elements began at a multiple of eight.
        javaVersion < 23 ? roundUp(headerBytes + lengthBytes, 8) : headerBytes + lengthBytes,
        isSet(options, "UseCompressedOops", true) ? 4 : 8,
        Integer.parseInt(options.getVMOption("ObjectAlignmentInBytes").getValue()),
        isSet(options, "CompactStrings", true),
        isSet(options, "UseG1GC", false)
            ? Long.parseLong(options.getVMOption("G1HeapRegionSize").getValue())
            : 0);
  }

  /** Returns an option of the JVM, or what holds before it came and after it goes. */
  private static boolean isSet(HotSpotDiagnosticMXBean options, String name, boolean otherwise) {
    try {
      return Boolean.parseBoolean(options.getVMOption(name).getValue());
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  /**
   * Returns what an object costs.
   *
   * @param references how many fields hold references
   * @param longs how many fields take eight bytes
   * @param narrowBytes what its other fields take together
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

  /** Returns what an array of bytes costs. */
  long byteArrayBytes(long length) {
    long bytes = aligned(arrayHeaderBytes + length);
    return regionBytes > 0 && bytes > regionBytes / 2
        ? (bytes + regionBytes - 1) / regionBytes * regionBytes
        : bytes;
  }

  /** Returns what a string costs, its characters included. O(length). */
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
