package io.dawncache.bench.siege;

import java.nio.file.Path;

/** Plans of runs that do not take place. */
final class Plans {
  static final Plan FULL = Plan.full(false, 100, Path.of("folder"));
  static final Plan SHORT = Plan.shortForm(false, 100, Path.of("folder"));

  private Plans() {}
}
