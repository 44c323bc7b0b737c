package io.dawncache.server.wire;

import io.dawncache.core.MemberList;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one of our nodes sends another about itself: in the request for frames, and in its answer.
 *
 * @param self its URL, or null if not given
 * @param cluster the name of its cluster, or null if it has none
 * @param instance the number of its process, or null if not given
 * @param fingerprint of its member list, or null if not given
 * @param rings the names of the rings that it knows, beside the one that every node knows
 */
public record Hello(
    @Nullable String self,
    @Nullable String cluster,
    @Nullable Long instance,
    @Nullable Long fingerprint,
    List<String> rings) {
  /** Reads these headers. */
  public static Hello of(HttpHeaders headers) {
    return new Hello(
        url(headers.get(Headers.PEER)),
        headers.get(Headers.CLUSTER),
        Headers.hex(headers, Headers.INSTANCE),
        Headers.hex(headers, Headers.MEMBERS),
        rings(headers.get(Headers.RINGS)));
  }

  private static List<String> rings(@Nullable String text) {
    return text == null
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  /** Returns null if it is not a node's URL: other nodes and headers would receive it. */
  private static @Nullable String url(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return NodeUrl.parse(text).text();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Adds which node this is, as every request to a peer does. */
  public static void addNode(Fleet fleet, HttpHeaders headers) {
    headers.set(Headers.PEER, fleet.list().self());
    String cluster = fleet.cluster();
    if (cluster != null) {
      headers.set(Headers.CLUSTER, cluster);
    }
  }

  /** Adds which process this is, which member list it holds, and which rings it knows. */
  public static void addProcess(Fleet fleet, HttpHeaders headers) {
    MemberList list = fleet.list();
    headers.set(Headers.INSTANCE, Headers.hex(list.instance()));
    headers.set(Headers.MEMBERS, Headers.hex(list.fingerprint()));
    if (!list.rings().known().isEmpty()) {
      headers.set(Headers.RINGS, String.join(", ", list.rings().known()));
    }
  }

  /**
   * Notes in {@code fleet} what the other side has sent.
   *
   * @param dialled the URL that this node has dialled; null if the other side has dialled
   * @return whether to ask for its member list
   */
  public boolean noteIn(Fleet fleet, @Nullable String dialled) {
    String url = dialled == null ? self : dialled;
    if (url != null) {
      fleet.noteRings(url, rings);
    }
    if (self == null || instance == null || fingerprint == null) {
      return false;
    }
    fleet.noteIdentity(dialled, self, instance);
    return fleet.noteFingerprint(self, fingerprint);
  }
}
