package io.dawncache.server.wire;

import io.dawncache.core.MemberList;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What one of our nodes says of itself where two of them meet: on the wish for frames, and on its
 * answer.
 *
 * @param self its URL, or null if it does not say
 * @param cluster the name of its cluster, or null if it has none
 * @param instance the number of its process, or null if it does not say
 * @param fingerprint of its member list, or null if it does not say
 */
public record Hello(
    @Nullable String self,
    @Nullable String cluster,
    @Nullable Long instance,
    @Nullable Long fingerprint) {
  /** Reads what the sender of these headers says. */
  public static Hello of(HttpHeaders headers) {
    return new Hello(
        url(headers.get(Headers.PEER)),
        headers.get(Headers.CLUSTER),
        Headers.hex(headers, Headers.INSTANCE),
        Headers.hex(headers, Headers.MEMBERS));
  }

  /** Returns null for what is no node's URL: it would go on to other nodes and into headers. */
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

  /** Says which node this is, as every request to a peer does. */
  static void sayWho(Fleet fleet, HttpHeaders headers) {
    headers.set(Headers.PEER, fleet.list().self());
    String cluster = fleet.cluster();
    if (cluster != null) {
      headers.set(Headers.CLUSTER, cluster);
    }
  }

  /** Says which process this is, and which member list it holds. */
  static void sayWhich(Fleet fleet, HttpHeaders headers) {
    MemberList list = fleet.list();
    headers.set(Headers.INSTANCE, Headers.hex(list.instance()));
    headers.set(Headers.MEMBERS, Headers.hex(list.fingerprint()));
  }

  /**
   * Notes what the other side has said.
   *
   * @param dialled the URL at which it was met; null if it has come by itself
   * @return whether its member list is to be asked for
   */
  public boolean isNotedBy(Fleet fleet, @Nullable String dialled) {
    if (self == null || instance == null || fingerprint == null) {
      return false;
    }
    fleet.met(dialled, self, instance);
    return fleet.heard(self, fingerprint);
  }
}
