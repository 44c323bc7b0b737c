package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonParseException;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * What the nodes of a fleet answered when they were asked, all at once, for {@code /stats}.
 *
 * @param pages the answers, by the URL that was asked
 * @param faults why nodes have not answered, by the URL that was asked
 */
record FleetLook(Map<NodeUrl, StatsPage> pages, Map<NodeUrl, String> faults) {
  /** What is said of a member that {@link #leaving()} names. */
  static final String LEAVING = "leaves, or has left and is still a member";

  /** Asks these nodes, at their data ports or their operations listeners. */
  static FleetLook at(NodeClient client, Collection<NodeUrl> nodes) {
    Map<NodeUrl, CompletableFuture<HttpResponse<byte[]>>> asked = new LinkedHashMap<>();
    nodes.forEach(node -> asked.put(node, client.getAsync(node, "/stats")));
    FleetLook look = new FleetLook(new LinkedHashMap<>(), new LinkedHashMap<>());
    asked.forEach(look::note);
    return look;
  }

  /** Asks these nodes, and then, at their data ports, the other members that they know. */
  static FleetLook atAll(NodeClient client, Collection<NodeUrl> nodes) {
    FleetLook look = at(client, nodes);
    TreeSet<String> others =
        look.pages.values().stream()
            .flatMap(page -> page.members().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    look.pages.values().forEach(page -> others.remove(page.self()));
    FleetLook further = at(client, others.stream().map(NodeUrl::parse).toList());
    look.pages.putAll(further.pages);
    look.faults.putAll(further.faults);
    return look;
  }

  private void note(NodeUrl node, CompletableFuture<HttpResponse<byte[]>> answer) {
    try {
      pages.put(node, page(NodeClient.end(answer)));
    } catch (IOException e) {
      faults.put(node, Program.reason(e));
    }
  }

  private static StatsPage page(HttpResponse<byte[]> answer) throws IOException {
    if (answer.statusCode() != 200) {
      throw new IOException("/stats: status " + answer.statusCode() + " (expected: 200)");
    }
    try {
      return StatsPage.fromJson(new String(answer.body(), UTF_8));
    } catch (JsonParseException e) {
      throw new IOException("/stats: not what a node says", e);
    }
  }

  /** Returns what is wrong with the member lists that nodes hold, by the URL that was asked. */
  Map<NodeUrl, List<String>> listFaults() {
    Map<NodeUrl, List<String>> faulty = new LinkedHashMap<>();
    if (!pages.isEmpty()) {
      StatsPage first = pages.values().iterator().next();
      pages.forEach((node, page) -> faulty.put(node, MemberLists.faults(first, page)));
    }
    faulty.values().removeIf(List::isEmpty);
    return faulty;
  }

  /** Returns the members, by their URLs in the member list, that leave or have left. */
  SortedSet<String> leaving() {
    TreeSet<String> leaving = new TreeSet<>();
    pages.values().forEach(page -> leaving.addAll(page.leaving()));
    return leaving;
  }
}
