package io.dawncache.node.origin;

import io.dawncache.core.Getter;

/** Origins as the command line opens them, without the guard. */
final class Opened {
  private Opened() {}

  /** Returns the getter of {@code origin} at what follows the colon. */
  static Getter at(Origin origin, String location) {
    return origin.open(OriginSettings.ofLocation("group", origin, location)).getter();
  }
}
