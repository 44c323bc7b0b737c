package io.dawncache.operations;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** Finds the endpoint of a request: GET reports, POST acts, and nothing else does either. */
final class Router {
  private final Map<String, Endpoint> reports = new LinkedHashMap<>();
  private final Map<String, Endpoint> actions;

  Router(Map<String, Endpoint> reports, Map<String, Endpoint> actions) {
    this.reports.put("/", request -> CompletableFuture.completedFuture(index()));
    this.reports.putAll(reports);
    this.actions = actions;
  }

  /**
   * Returns the endpoint.
   *
   * @throws Problem if there is none
   */
  Endpoint find(String method, String path) throws Problem {
    boolean acts = method.equals("POST");
    boolean reads = method.equals("GET") || method.equals("HEAD");
    Endpoint found = acts ? actions.get(path) : reads ? reports.get(path) : null;
    if (found != null) {
      return found;
    }
    List<String> allowed = methods(path);
    if (allowed.isEmpty()) {
      TreeSet<String> paths = new TreeSet<>(reports.keySet());
      paths.addAll(actions.keySet());
      throw Problem.notFound("path (expected: one of " + String.join(" ", paths) + ")");
    }
    throw new Problem(
        405,
        "Method not allowed",
        "method (expected: " + String.join(" or ", allowed) + " for " + path + ")");
  }

  /** Returns the methods that a path has, for {@code Allow}; none if there is no such path. */
  List<String> methods(String path) {
    boolean reads = reports.containsKey(path);
    boolean acts = actions.containsKey(path);
    if (reads) {
      return acts ? List.of("GET", "HEAD", "POST") : List.of("GET", "HEAD");
    }
    return acts ? List.of("POST") : List.of();
  }

  private Answer index() {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("get", reports.keySet());
    page.put("post", actions.keySet());
    return Answer.json(200, page);
  }
}
