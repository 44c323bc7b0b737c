package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a node's process holds.
 *
 * @param heapBytes of its heap after a full collection
 * @param threads how many threads
 * @param files how many open files, connections among them
 */
record Footprint(long heapBytes, long threads, long files) {
  private static final Pattern USED = Pattern.compile("used (\\d+)K");
  private static final Pattern OTHER =
      Pattern.compile("Other \\(reserved=\\d+KB, committed=(\\d+)KB");
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");

  /** Makes the node collect its heap, and looks at it. */
  static Footprint of(ChaosNode node) throws IOException, InterruptedException {
    jcmd(node, "GC.run");
    long heapBytes = heapBytes(jcmd(node, "GC.heap_info"));
    return new Footprint(heapBytes, entries(node, "task"), entries(node, "fd"));
  }

  /**
   * Returns the bytes of the objects that are reachable. The node collects its heap and counts in
   * one pause, so that nothing is counted that was allocated afterwards.
   */
  static long liveBytes(ChaosNode node) throws IOException, InterruptedException {
    return liveBytes(jcmd(node, "GC.class_histogram"));
  }

  /** Returns the bytes outside of the heap of a node with {@code NativeMemoryTracking=summary}. */
  static long directBytes(ChaosNode node) throws IOException, InterruptedException {
    return directBytes(jcmd(node, "VM.native_memory"));
  }

  /** Returns how many entries the node's process has in a folder of {@code /proc}. */
  static long entries(ChaosNode node, String folder) throws IOException {
    try (Stream<Path> entries = Files.list(proc(node).resolve(folder))) {
      return entries.count();
    }
  }

  /** Returns the physical memory of the node's process. */
  static long residentBytes(ChaosNode node) throws IOException {
    for (String line : Files.readAllLines(proc(node).resolve("status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new IOException(node.url() + ": no VmRSS (expected: that the process runs)");
  }

  /**
   * Returns the bytes of all classes.
   *
   * @param histogram what {@code jcmd GC.class_histogram} prints
   */
  static long liveBytes(String histogram) throws IOException {
    Matcher total = TOTAL.matcher(histogram);
    if (!total.find()) {
      throw new IOException("no class histogram (expected: a line with Total, objects and bytes)");
    }
    return Long.parseLong(total.group(1));
  }

  private static Path proc(ChaosNode node) {
    return Path.of("/proc", String.valueOf(node.pid()));
  }

  /**
   * Returns the bytes that the JVM's code, and libraries by way of it, have allocated outside of
   * the heap: direct buffers, and nothing else to speak of.
   *
   * @param summary what {@code jcmd VM.native_memory} prints
   */
  static long directBytes(String summary) throws IOException {
    Matcher other = OTHER.matcher(summary);
    if (!other.find()) {
      throw new IOException(
          summary.strip() + ": no other memory (expected: -XX:NativeMemoryTracking=summary)");
    }
    return Long.parseLong(other.group(1)) << 10;
  }

  /**
   * Returns the bytes that are used of all generations.
   *
   * @param info what {@code jcmd GC.heap_info} prints
   */
  static long heapBytes(String info) throws IOException {
    List<Long> kibibytes =
        info.lines()
            .filter(line -> !line.contains("Metaspace") && !line.contains("class space"))
            .map(USED::matcher)
            .filter(Matcher::find)
            .map(used -> Long.valueOf(used.group(1)))
            .toList();
    if (kibibytes.isEmpty()) {
      throw new IOException(info.strip() + ": no used heap (expected: a line with used ...K)");
    }
    return kibibytes.stream().mapToLong(Long::longValue).sum() << 10;
  }

  private static String jcmd(ChaosNode node, String order)
      throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(JCMD.toString(), String.valueOf(node.pid()), order)
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    if (jcmd.waitFor() != 0) {
      throw new IOException(JCMD + " " + order + ": " + said.strip() + " (expected: a JDK's)");
    }
    return said;
  }
}
