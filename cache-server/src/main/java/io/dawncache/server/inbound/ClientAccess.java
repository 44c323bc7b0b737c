package io.dawncache.server.inbound;

import io.dawncache.server.AccessTokens;
import io.dawncache.server.AccessTokens.Access;
import io.dawncache.server.AccessTokens.Role;
import io.dawncache.server.wire.Refusal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the client of one connection may get values of a group, where clients need a
 * token.
 */
final class ClientAccess {
  private final Supplier<AccessTokens> tokens;

  // A connection usually sends one token with all its requests: its digest is made once.
  private @Nullable AccessTokens lastTokens;
  private String lastHeader = "";
  private @Nullable Access lastAccess;

  /** Makes the decisions of one connection by the tokens in force. */
  ClientAccess(Supplier<AccessTokens> tokens) {
    this.tokens = tokens;
  }

  /** Returns why the sender of these headers may not get values of a group; null if it may. */
  @Nullable Refusal refusal(HttpHeaders headers, String group) {
    List<String> sent = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    Access access = sent.size() == 1 ? access(tokens.get(), sent.get(0)) : null;
    if (access == null) {
      return Refusal.unauthorized();
    }
    return access.allows(Role.READ, group) ? null : Refusal.forbidden();
  }

  @SuppressWarnings("ReferenceEquality") // of the tokens: other ones are another object
  private @Nullable Access access(AccessTokens present, String header) {
    if (present != lastTokens || !isSame(header, lastHeader)) {
      lastAccess = present.of(header);
      lastHeader = header;
      lastTokens = present;
    }
    return lastAccess;
  }

  /** Takes a time that depends on the lengths alone: a proxy may send others' tokens, too. */
  private static boolean isSame(String one, String other) {
    int difference = one.length() ^ other.length();
    for (int i = Math.min(one.length(), other.length()) - 1; i >= 0; i--) {
      difference |= one.charAt(i) ^ other.charAt(i);
    }
    return difference == 0;
  }
}
