package io.dawncache.node.interop;

import java.util.List;
import java.util.Map;

/** A node of ours, started as a user starts it, on the JDK that runs this test. */
final class JavaNode extends NodeProcess {
  /** For a life of seconds beside three others: quick to start, and modest. */
  private static final String JVM_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m";

  JavaNode(Seat seat, boolean peerFrames) {
    super(
        "java",
        seat,
        command(seat, peerFrames),
        Map.of("JAVA_HOME", System.getProperty("java.home"), "DAWNCACHE_JAVA_OPTS", JVM_OPTIONS));
  }

  private static List<String> command(Seat seat, boolean peerFrames) {
    return List.of(
        "" + ROOT.resolve("scripts/node"),
        "--listen",
        seat.hostAndPort(),
        "--self",
        seat.url(),
        "--peers",
        String.join(",", seat.members()),
        "--group",
        seat.group() + "=http:" + seat.origin(),
        "--dialect",
        "groupcache",
        "--go-peers",
        "--peer-frames",
        peerFrames ? "on" : "off");
  }
}
