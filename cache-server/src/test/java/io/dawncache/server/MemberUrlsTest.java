package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemberUrlsTest {
  private static final int PORT = 8001;

  private static List<String> checked(String... members) {
    return MemberUrls.checked(List.of(members), Dialect.DAWNCACHE, true);
  }

  private static String refused(String... members) {
    return assertThrows(IllegalArgumentException.class, () -> checked(members)).getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "http://Ten:8001,http://ten:8001",
    "http://ten,http://ten:80",
    "http://ten:80/,http://ten:80",
    "http://10.0.0.1:8001/,http://10.0.0.1:8001",
    "http://[2001:DB8::1]:8001,http://[2001:db8::1]:8001",
    "http://my_service_1:8001,http://my_service_1:8001",
    "https://Ten/,https://ten:443",
  })
  void oneMemberHasOneText(String written, String normal) {
    assertEquals(normal, MemberUrls.normal(written, Dialect.DAWNCACHE));
    assertEquals(List.of(normal), checked(written, normal));
  }

  @Test
  void goProgramsHashAUrlAsItWasWritten() {
    for (Dialect dialect : List.of(Dialect.GROUPCACHE, Dialect.MAILGUN)) {
      assertEquals("http://Ten", MemberUrls.normal("http://Ten", dialect));
      assertEquals(
          List.of("http://Ten", "http://ten:80"),
          MemberUrls.checked(List.of("http://Ten", "http://ten:80"), dialect, true));
      assertThrows(
          IllegalArgumentException.class,
          () -> MemberUrls.checked(List.of("http://ten:80/"), dialect, true));
    }
  }

  @Test
  void aMemberWithTlsIsRefusedByANodeThatHasNoTls() {
    String refusal =
        assertThrows(
                IllegalArgumentException.class,
                () -> MemberUrls.checked(List.of("https://ten"), Dialect.DAWNCACHE, false))
            .getMessage();

    assertEquals(
        "members: https://ten (expected: http://, this node has no certificate for TLS)", refusal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ten:8001", "ftp://ten", "http://ten:8001//", "http://ten:x", "", "/"})
  void whatIsNoNodesUrlIsRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:1",
        "http://LOCALHOST:1",
        "http://127.0.0.2:1",
        "http://[::1]:1"
      })
  void aLoopbackAddressBesideOthersIsRefused(String loopback) {
    String routable = "http://10.0.0.1:8001";

    String message = refused(loopback, routable);

    assertEquals(
        "members: "
            + MemberUrls.normal(loopback, Dialect.DAWNCACHE)
            + " beside "
            + routable
            + " (expected: URLs that every member can reach)",
        message);
    assertEquals(2, checked(loopback, "http://localhost:8001").size());
  }

  private static InetSocketAddress everywhere(int port) {
    return new InetSocketAddress(port);
  }

  @Test
  void thisNodeIsFoundByItsUrlFirst() {
    List<String> members = List.of("http://127.0.0.1:8001", "http://localhost:8001");

    assertEquals(members.get(1), MemberUrls.selfIn(members, members.get(1), everywhere(PORT)));
  }

  @Test
  void elseByAnAddressOfThisMachineAndItsPort() throws Exception {
    String host = InetAddress.getLocalHost().getHostAddress();
    String here = "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + PORT;
    List<String> members = List.of("http://192.0.2.1:8001", "http://localhost:8002", here);

    assertEquals(here, MemberUrls.selfIn(members, "http://0.0.0.0:8001", everywhere(PORT)));
    assertEquals(
        "http://ten:8003", MemberUrls.selfIn(members, "http://ten:8003", everywhere(8003)));
    assertEquals(
        "http://ten:1",
        MemberUrls.selfIn(List.of("http://x.invalid:1"), "http://ten:1", everywhere(1)));
  }

  /** A list without a node does not make it the neighbour on its machine. */
  @Test
  void aNodeThatListensOnOneAddressIsFoundByThatAlone() {
    InetSocketAddress listening = new InetSocketAddress("127.0.0.2", PORT);
    List<String> neighbour = List.of("http://127.0.0.1:8001", "http://127.0.0.2:8002");
    List<String> both = List.of("http://127.0.0.1:8001", "http://127.0.0.2:8001");

    assertEquals("http://ten:8001", MemberUrls.selfIn(neighbour, "http://ten:8001", listening));
    assertEquals("http://127.0.0.2:8001", MemberUrls.selfIn(both, "http://ten:8001", listening));
  }

  @Test
  void twoTextsOfThisNodeAreRefused() {
    List<String> members = List.of("http://127.0.0.1:8001", "http://localhost:8001");

    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> MemberUrls.selfIn(members, "http://ten:8001", everywhere(PORT)))
            .getMessage();

    assertEquals(
        "members: http://127.0.0.1:8001, http://localhost:8001 (expected: one of them, all are this"
            + " node, or its own URL http://ten:8001 among them)",
        message);
  }
}
