package io.dawncache.server.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameServersTest {
  @TempDir private Path folder;

  private NameServers read(String text) throws IOException {
    return NameServers.readFrom(Files.writeString(folder.resolve("resolv.conf"), text));
  }

  @Test
  void aPodsFileGivesItsServerItsDomainsAndTheDots() throws IOException {
    NameServers servers =
        read(
            """
            search default.svc.cluster.local svc.cluster.local
            nameserver 10.96.0.10
            options ndots:5 timeout:1
            """);

    assertEquals(List.of(new InetSocketAddress("10.96.0.10", 53)), servers.servers());
    assertEquals(
        List.of("cache.default.svc.cluster.local", "cache.svc.cluster.local", "cache"),
        servers.fullNames("cache"));
    assertEquals(List.of("cache.example.com."), servers.fullNames("cache.example.com."));
  }

  @Test
  void aNameWithDotsEnoughIsAskedForAsItIsFirst() throws IOException {
    NameServers servers =
        read("# ours\nnameserver 10.0.0.1 ; first\nnameserver ::1\nnameserver no\ndomain a.test");

    assertEquals(
        List.of(new InetSocketAddress("10.0.0.1", 53), NameServers.parse("[::1]:53")),
        servers.servers());
    assertEquals(List.of("cache.b", "cache.b.a.test"), servers.fullNames("cache.b"));
    assertEquals(List.of("cache.a.test", "cache"), servers.fullNames("cache"));
  }

  /** The C library bounds the number, too. */
  @Test
  void asManyDotsAsAnInternetAddressHasAreTooMany() throws IOException {
    assertEquals(15, read("nameserver ::1\noptions ndots:99 ndots:x").ndots());
  }

  @Test
  void withoutAServerNoneIsAsked() {
    Path file = folder.resolve("resolv.conf");

    assertEquals(
        file + ": no name server",
        assertThrows(IOException.class, () -> read("# none\nnameserver\n")).getMessage());
    Path missing = folder.resolve("missing");
    assertEquals(
        missing + ": cannot be read, " + missing,
        assertThrows(IOException.class, () -> NameServers.readFrom(missing)).getMessage());
  }

  @Test
  void aServerThatIsGivenIsAskedForTheNameAlone() {
    NameServers only = NameServers.only(NameServers.parse("[::1]:8600"));

    assertEquals("[::1]:8600", NetUtil.toSocketAddressString(only.servers().get(0)));
    assertEquals(1, only.servers().size());
    assertEquals(List.of("cache"), only.fullNames("cache"));
  }
}
