package io.dawncache.operations;

import io.dawncache.operations.page.Labels;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.AccessTokens.Access;
import io.dawncache.server.AccessTokens.Role;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the sender of a request may do. Without tokens it may do everything. With them, a
 * client that sends a token may do what that allows, and one that sends none, everything from
 * loopback and nothing from elsewhere.
 */
final class Permissions {
  /** What probes ask, which have no token. */
  private static final Set<String> OPEN = Set.of("/healthz", "/readyz");

  /** What the role write in the one group suffices for; the endpoints check the group. */
  private static final Set<String> CHANGES = Set.of("/remove", "/clear", "/put");

  private final @Nullable Supplier<AccessTokens> tokens;

  Permissions(OperationsConfig config) {
    this.tokens = config.tokens();
  }

  /**
   * Returns what the sender of a request for {@code path} may do, from the address {@code remote}.
   *
   * @throws Problem if it may not ask for that
   */
  Access check(HttpHeaders headers, String path, InetSocketAddress remote) throws Problem {
    if (tokens == null || OPEN.contains(path)) {
      return Access.ALL;
    }
    List<String> authorizations = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    if (authorizations.isEmpty() && remote.getAddress().isLoopbackAddress()) {
      return Access.ALL;
    }
    Access access = authorizations.size() == 1 ? tokens.get().of(authorizations.get(0)) : null;
    if (access == null) {
      throw new Problem(401, "Unauthorized", "Authorization (expected: Bearer and a known token)");
    }
    Role needed = CHANGES.contains(path) ? Role.WRITE : Role.OPERATE;
    if (access.role().compareTo(needed) < 0) {
      throw lacks(needed);
    }
    return access;
  }

  /**
   * Checks that a request may change a group.
   *
   * @throws Problem if not; it does not show whether there is such a group
   */
  static void checkChange(Access access, String group) throws Problem {
    if (!access.allows(Role.WRITE, group)) {
      throw lacks(Role.WRITE);
    }
  }

  private static Problem lacks(Role needed) {
    return new Problem(403, "Forbidden", "the token's role (expected: " + Labels.of(needed) + ")");
  }
}
