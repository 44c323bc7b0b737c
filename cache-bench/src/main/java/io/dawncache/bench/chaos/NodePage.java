package io.dawncache.bench.chaos;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /**
   * Reads a page.
   *
   * @throws IOException if it is none
   */
  static NodePage parse(String json) throws IOException {
    try {
      JsonObject page = JsonParser.parseString(json).getAsJsonObject();
      JsonObject group = page.getAsJsonObject("groups").getAsJsonObject(ChaosNode.GROUP);
      return new NodePage(
          texts(page.get("members")),
          texts(page.get("otherLists")),
          states(page.get("peers")),
          group.getAsJsonObject("mainCache").get("items").getAsLong());
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      throw new IOException("/stats: not as a node writes it: " + e.getMessage(), e);
    }
  }

  private static List<String> texts(JsonElement array) {
    List<String> texts = new ArrayList<>();
    array.getAsJsonArray().forEach(element -> texts.add(element.getAsString()));
    return texts;
  }

  /** Reads {@code {"URL": {"state": ...}}} or {@code [{"url": "URL", "state": ...}]}. */
  private static @Nullable Map<String, String> states(@Nullable JsonElement peers) {
    Map<String, String> states = new HashMap<>();
    if (peers != null && peers.isJsonObject()) {
      peers.getAsJsonObject().asMap().forEach((url, peer) -> note(url, peer, states));
    } else if (peers != null && peers.isJsonArray()) {
      for (JsonElement peer : peers.getAsJsonArray()) {
        JsonElement url = peer.isJsonObject() ? peer.getAsJsonObject().get("url") : null;
        if (url != null) {
          note(url.getAsString(), peer, states);
        }
      }
    }
    return states.isEmpty() ? null : states;
  }

  private static void note(String url, JsonElement peer, Map<String, String> states) {
    JsonElement state = peer.isJsonObject() ? peer.getAsJsonObject().get("state") : null;
    if (state != null && state.isJsonPrimitive()) {
      states.put(url, state.getAsString());
    }
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
    long ejected =
        peerStates == null
            ? 0
            : peerStates.entrySet().stream()
                .filter(peer -> members.contains(peer.getKey()) && EJECTED.equals(peer.getValue()))
                .count();
    return members.size() - (int) ejected;
  }
}
