package io.dawncache.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.server.AccessTokens;
import io.dawncache.server.AccessTokens.Access;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PermissionsTest {
  private static final InetSocketAddress HERE = at(127, 0, 0, 1);
  private static final InetSocketAddress HERE_TOO =
      at(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  private static final InetSocketAddress ELSEWHERE = at(10, 0, 0, 1);
  private static final String OPERATOR = "Bearer operator-0123456789";
  private static final String WRITER = "Bearer writer-0123456789";
  private static final String READER = "Bearer reader-0123456789";

  private final AtomicReference<AccessTokens> tokens =
      new AtomicReference<>(
          AccessTokens.parse(
              """
              operator-0123456789 operate
              writer-0123456789 write:scores
              reader-0123456789 read
              """));

  private final Permissions permissions =
      new Permissions(OperationsConfig.builder().tokens(tokens::get).build());

  private static InetSocketAddress at(int... address) {
    byte[] bytes = new byte[address.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) address[i];
    }
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), 5000);
    } catch (UnknownHostException e) { // of another length
      throw new AssertionError(e);
    }
  }

  private static HttpHeaders headers(String... authorizations) {
    HttpHeaders headers = new DefaultHttpHeaders();
    for (String authorization : authorizations) {
      headers.add("Authorization", authorization);
    }
    return headers;
  }

  private Access check(String path, InetSocketAddress from, String... authorizations)
      throws Problem {
    return permissions.check(headers(authorizations), path, from);
  }

  private void assertRefused(
      int status, String path, InetSocketAddress from, String... authorizations) {
    Problem problem = assertThrows(Problem.class, () -> check(path, from, authorizations));
    assertEquals(status, problem.status());
  }

  @Test
  void withoutTokensEverybodyMayDoEverything() throws Problem {
    Permissions open = new Permissions(OperationsConfig.builder().build());

    assertSame(Access.ALL, open.check(headers(), "/drain", ELSEWHERE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/stats",
        "/explain",
        "/hot",
        "/metrics",
        "/config",
        "/log",
        "/drain",
        "/warm",
        "/refresh",
        "/resize",
        "/no-such-path"
      })
  void fromElsewhereOnlyAnOperatorMay(String path) throws Problem {
    assertRefused(401, path, ELSEWHERE);
    assertRefused(401, path, ELSEWHERE, "Bearer operator-012345678");
    assertRefused(401, path, ELSEWHERE, OPERATOR, OPERATOR);
    assertRefused(403, path, ELSEWHERE, READER);
    assertRefused(403, path, ELSEWHERE, WRITER);
    assertSame(Access.ALL, check(path, HERE));
    assertSame(Access.ALL, check(path, HERE_TOO));
    assertEquals(Access.ALL, check(path, ELSEWHERE, OPERATOR));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/remove", "/clear", "/put"})
  void aWriterMayChangeItsGroupsAlone(String path) throws Problem {
    assertRefused(401, path, ELSEWHERE);
    Permissions.checkChange(check(path, ELSEWHERE, WRITER), "scores");
    Access writer = check(path, ELSEWHERE, WRITER);
    assertEquals(
        403, assertThrows(Problem.class, () -> Permissions.checkChange(writer, "none")).status());
    assertRefused(403, path, ELSEWHERE, READER);
    Permissions.checkChange(check(path, HERE), "any");
  }

  @Test
  void aTokenCountsOnLoopbackToo() {
    assertRefused(403, "/drain", HERE, READER);
    assertRefused(401, "/drain", HERE, "Bearer nobody-0123456789");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/healthz", "/readyz"})
  void probesNeedNoToken(String path) throws Problem {
    assertSame(Access.ALL, check(path, ELSEWHERE));
  }

  @Test
  void aTokenThatIsTakenOutOpensNothing() throws Problem {
    assertEquals(Access.ALL, check("/drain", ELSEWHERE, OPERATOR));
    tokens.set(AccessTokens.NONE);

    assertRefused(401, "/drain", ELSEWHERE, OPERATOR);
    assertSame(Access.ALL, check("/drain", HERE));
  }
}
