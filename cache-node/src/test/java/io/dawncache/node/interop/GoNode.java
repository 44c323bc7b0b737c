package io.dawncache.node.interop;

import java.util.List;
import java.util.Map;

/** A node of golang/groupcache. */
final class GoNode extends NodeProcess {
  GoNode(Seat seat) {
    super("go", seat, command(seat), Map.of());
  }

  private static List<String> command(Seat seat) {
    return List.of(
        "" + GoProgram.path(),
        "--listen=" + seat.hostAndPort(),
        "--self=" + seat.url(),
        "--peers=" + String.join(",", seat.members()),
        "--group=" + seat.group(),
        "--origin=" + seat.origin());
  }
}
