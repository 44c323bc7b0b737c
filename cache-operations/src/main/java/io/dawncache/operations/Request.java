package io.dawncache.operations;

import io.dawncache.server.AccessTokens.Access;
import java.util.Map;

/**
 * A request that has arrived whole and was let in.
 *
 * @param query the parameters of its query, the first of each name
 * @param body empty unless it acts
 * @param access what its sender may do
 */
record Request(Map<String, String> query, String body, Access access) {
  /**
   * Returns a parameter of the query.
   *
   * @throws Problem if it is missing
   */
  String parameter(String name) throws Problem {
    String value = query.get(name);
    if (value == null || value.isEmpty()) {
      throw Problem.badRequest(name + ": missing (expected: ?" + name + "=...)");
    }
    return value;
  }
}
