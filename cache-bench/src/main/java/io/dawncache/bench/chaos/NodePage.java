package io.dawncache.bench.chaos;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The part of a node's page {@code /stats} that rows read. What a node does not say is null.
 *
 * @param members its member list
 * @param otherLists the nodes that it knows to hold another one
 * @param peerStates the state of each other member by its URL, such as {@code up} or {@code
 *     ejected}
 * @param mainItems how many own values it holds
 */
record NodePage(
    List<String> members,
    List<String> otherLists,
    @Nullable Map<String, String> peerStates,
    long mainItems) {
  static final String EJECTED = "ejected";

  private static final Gson GSON = new Gson();

  /** The page as it is written; what is not there is null. */
  private record Written(
      @Nullable List<String> members,
      @Nullable List<String> otherLists,
      @Nullable List<Peer> peers,
      @Nullable Map<String, Group> groups) {
    private record Peer(@Nullable String url, @Nullable String state) {}

    private record Group(@Nullable MainCache mainCache) {}

    private record MainCache(long items) {}
  }

  /**
   * Reads a page.
   *
   * @throws IOException if it is none
   */
  static NodePage parse(String json) throws IOException {
    Written page;
    try {
      page = GSON.fromJson(json, Written.class);
    } catch (JsonParseException e) {
      throw new IOException("/stats: not as a node writes it: " + e.getMessage(), e);
    }
    if (page == null || page.members() == null || page.otherLists() == null) {
      throw new IOException("/stats: no member list (expected: members and otherLists)");
    }
    Written.Group group = page.groups() == null ? null : page.groups().get(ChaosNode.GROUP);
    if (group == null || group.mainCache() == null) {
      throw new IOException(
          "/stats: no mainCache (expected: one of group " + ChaosNode.GROUP + ")");
    }
    return new NodePage(
        page.members(), page.otherLists(), states(page.peers()), group.mainCache().items());
  }

  private static @Nullable Map<String, String> states(@Nullable List<Written.Peer> peers) {
    if (peers == null) {
      return null;
    }
    Map<String, String> states =
        peers.stream()
            .filter(peer -> peer.url() != null && peer.state() != null)
            .collect(Collectors.toMap(Written.Peer::url, Written.Peer::state, (one, two) -> two));
    return states.isEmpty() ? null : states;
  }

  /** Returns whether it has exactly these members, and knows of no other list. */
  boolean hasMembers(Collection<String> urls) {
    return Set.copyOf(members).equals(Set.copyOf(urls)) && otherLists.isEmpty();
  }

  /** Returns whether this node holds another one ejected; null if it does not say. */
  @Nullable Boolean holdsEjected(String url) {
    return peerStates == null ? null : EJECTED.equals(peerStates.get(url));
  }

  /** Returns how many members this node counts on: those that are not ejected. */
  int membersInForce() {
    return (int) members.stream().filter(url -> !Boolean.TRUE.equals(holdsEjected(url))).count();
  }
}
