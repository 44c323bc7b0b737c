package io.dawncache.bench.collectors;

import io.dawncache.bench.JavaCommand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A garbage collector that a node's JVM may run with. */
enum Collector {
  SERIAL("Serial", "-XX:+UseSerialGC"),
  PARALLEL("Parallel", "-XX:+UseParallelGC"),
  G1("G1", "-XX:+UseG1GC"),
  ZGC("ZGC", "-XX:+UseZGC"),
  SHENANDOAH("Shenandoah", "-XX:+UseShenandoahGC");

  private static final int GENERATIONAL_ZGC = 21; // the first that has it
  private static final int GENERATIONAL_BY_DEFAULT = 23;

  private final String label;
  private final String option;

  Collector(String label, String option) {
    this.label = label;
    this.option = option;
  }

  /** Returns the collector with this name on the command line, in any case. */
  static Optional<Collector> named(String name) {
    return Arrays.stream(values())
        .filter(collector -> collector.name().equalsIgnoreCase(name))
        .findFirst();
  }

  /** Returns the names of all of them on the command line. */
  static String names() {
    return Arrays.stream(values())
        .map(collector -> collector.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /** Returns the options that choose it on a JDK, generational if there is a choice. */
  List<String> options(int javaVersion) {
    if (this == G1) {
      // Otherwise System.gc() would stop the world, which the collector under load does only in
      // need.
      return List.of(option, "-XX:+ExplicitGCInvokesConcurrent");
    }
    if (this == ZGC && javaVersion >= GENERATIONAL_ZGC && javaVersion < GENERATIONAL_BY_DEFAULT) {
      return List.of(option, "-XX:+ZGenerational");
    }
    return List.of(option);
  }

  /** Returns its name as people write it. */
  String label(int javaVersion) {
    return this == ZGC && javaVersion < GENERATIONAL_ZGC ? label + ", not generational" : label;
  }

  /** Returns whether this JDK was built with it, by starting a JVM that does nothing. */
  boolean isHere() throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(options(Runtime.version().feature()));
    options.add("--version"); // the JVM prints it and ends without a main method
    return new ProcessBuilder(JavaCommand.of(Collector.class, options))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
