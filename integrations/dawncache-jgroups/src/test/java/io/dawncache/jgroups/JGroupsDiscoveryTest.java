package io.dawncache.jgroups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.Discoveries;
import io.dawncache.server.Discovery;
import io.dawncache.server.ServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jgroups.util.ExtendedUUID;
import org.jgroups.util.UUID;
import org.jgroups.util.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JGroupsDiscoveryTest {
  @TempDir private Path folder;

  @Test
  void theServerFindsItByItsName() {
    assertEquals("jgroups:tcpping", Discoveries.parse("jgroups").toString());
    assertEquals("jgroups:dns-ping", Discoveries.parse("jgroups:dns-ping").toString());
    String message =
        assertThrows(IllegalArgumentException.class, () -> Discoveries.parse("zookeeper:a"))
            .getMessage();
    assertTrue(message.endsWith(", jgroups[:CONFIG])"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {JGroupsDiscovery.TCPPING, JGroupsDiscovery.DNS_PING, JGroupsDiscovery.FILE_PING})
  void noReadyStackSendsMulticasts(String stack) throws IOException {
    JGroupsDiscovery discovery = JGroupsDiscovery.of(stack);
    discovery.close();
    try (InputStream in = JGroupsDiscovery.class.getResourceAsStream(stack + ".xml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      assertTrue(text.contains("<TCP "), text);
      assertTrue(text.contains("diag.enabled=\"false\""), text);
      assertTrue(text.contains("use_mcast_xmit=\"false\""), text);
      assertFalse(text.contains("MPING"), text);
    }
  }

  @Test
  void closingTwiceIsClosing() {
    JGroupsDiscovery discovery = JGroupsDiscovery.of(JGroupsDiscovery.TCPPING);
    discovery.close();
    discovery.close();
    assertNull(discovery.channel());
    assertEquals(List.of(), discovery.members());
  }

  @Test
  void aFileIsAConfigurationToo() throws IOException {
    Path file = folder.resolve("stack.xml");
    Files.writeString(file, "<config><TCP/></config>");

    assertEquals("jgroups:" + file, JGroupsDiscovery.of(file.toString(), "eu-1").toString());
  }

  @Test
  void whatIsNoConfigurationIsRefused() throws IOException {
    Path file = folder.resolve("stack.xml");
    assertTrue(refused(file.toString()).startsWith(file + ": " + file + " (expected: tcpping, "));

    Files.writeString(file, "<config");
    assertTrue(
        refused(file.toString()).startsWith(file + ": no configuration of JGroups, "),
        () -> refused(file.toString()));
    assertTrue(refused("a\0b").startsWith("a\0b: Nul character not allowed"));
  }

  @ParameterizedTest
  @CsvSource({
    "<TCP/>, false",
    "<TCP/><AUTH/>, false",
    "<TCP/><SYM_ENCRYPT/>, false",
    "<TCP/><SYM_ENCRYPT/><AUTH/>, true",
    "<TCP/><ASYM_ENCRYPT/><AUTH/>, true",
    "<TCP/><org.jgroups.protocols.SYM_ENCRYPT/><org.jgroups.protocols.AUTH/>, true"
  })
  void itGoesWithASecretOnlyWhereStrangersCannotJoin(String protocols, boolean isAllowed)
      throws IOException {
    Path file = folder.resolve("stack.xml");
    Files.writeString(file, "<config>" + protocols + "</config>");
    ServerConfig.Builder config =
        ServerConfig.builder()
            .secrets(List.of("a secret for tests".getBytes(UTF_8)))
            .discovery(Discoveries.parse("jgroups:" + file));

    if (isAllowed) {
      assertTrue(config.build().hasSecrets());
    } else {
      assertEquals(
          "discovery: jgroups:"
              + file
              + " with secrets (expected: AUTH, and SYM_ENCRYPT or ASYM_ENCRYPT, in a configuration"
              + " of JGroups, so that strangers cannot join)",
          assertThrows(IllegalArgumentException.class, config::build).getMessage());
    }
  }

  private static String refused(String config) {
    return assertThrows(IllegalArgumentException.class, () -> JGroupsDiscovery.of(config))
        .getMessage();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://0.0.0.0:8001", "http://[::]:8001"})
  void aUrlThatLeadsNowhereIsRefused(String self) {
    Discovery.Listener none =
        new Discovery.Listener() {
          @Override
          public void found(List<String> members) {}

          @Override
          public void failed(String reason) {}
        };
    try (JGroupsDiscovery discovery = JGroupsDiscovery.of(JGroupsDiscovery.FILE_PING)) {
      assertEquals(
          "self: " + self + " (expected: a URL at which the other members reach this node)",
          assertThrows(IllegalArgumentException.class, () -> discovery.start(self, none))
              .getMessage());
    }
  }

  @Test
  void anAddressSaysWhoseItIsAlsoAfterItHasTravelled() throws Exception {
    JGroupsMember member = new JGroupsMember("http://10.0.0.1:8001", "eu-1", "0.1.0");

    byte[] sent = Util.objectToByteBuffer(member.toAddress());

    assertEquals(member, JGroupsMember.of(Util.objectFromByteBuffer(sent)));
    assertNull(JGroupsMember.of(UUID.randomUUID()));
    assertNull(JGroupsMember.of(ExtendedUUID.randomUUID()));
    assertEquals(
        new JGroupsMember("http://a:1", "", ""),
        JGroupsMember.of(ExtendedUUID.randomUUID().put("url", "http://a:1".getBytes(UTF_8))));
  }

  @Test
  void aTextThatNoAddressHoldsIsRefused() {
    String zone = "z".repeat(256);

    assertEquals(
        "zone: " + zone + " (expected: <= 255 bytes)",
        assertThrows(IllegalArgumentException.class, () -> JGroupsDiscovery.of("tcpping", zone))
            .getMessage());
  }
}
