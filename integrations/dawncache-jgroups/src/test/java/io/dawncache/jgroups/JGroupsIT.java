package io.dawncache.jgroups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.CacheServer;
import io.dawncache.server.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import javax.crypto.spec.SecretKeySpec;
import org.jgroups.JChannel;
import org.jgroups.protocols.DISCARD;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that find each other by real channels on loopback, and lose each other. */
@Timeout(180)
class JGroupsIT {
  private static final String LOCATION = "jgroups.file.location";

  @TempDir private Path folder;

  private final ServerConfig.Builder serverConfig = ServerConfig.builder();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<CacheServer> servers = new ArrayList<>();
  private final List<JGroupsDiscovery> discoveries = new ArrayList<>();

  @BeforeEach
  void setFolder() {
    System.setProperty(LOCATION, folder.resolve("nodes").toString());
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    System.clearProperty(LOCATION);
  }

  private CacheServer start(String config) throws IOException {
    CacheNode node = CacheNode.create();
    open.add(node);
    node.addGroup("scores", key -> Loaded.ofUtf8("630"));
    JGroupsDiscovery discovery = JGroupsDiscovery.of(config, "zone-" + servers.size());
    CacheServer server = CacheServer.start(node, serverConfig.discovery(discovery).build());
    open.add(server);
    servers.add(server);
    discoveries.add(discovery);
    assertEquals("630", Objects.requireNonNull(node.group("scores")).get("Tom").toUtf8());
    return server;
  }

  /** Returns the path of a ready stack that is changed: {@code changes} are texts and new texts. */
  private String changed(String stack, String... changes) throws IOException {
    try (InputStream in = JGroupsDiscovery.class.getResourceAsStream(stack + ".xml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
      for (int i = 0; i < changes.length; i += 2) {
        assertTrue(text.contains(changes[i]), changes[i]);
        text = text.replace(changes[i], changes[i + 1]);
      }
      return Files.writeString(Files.createTempFile(folder, "stack", ".xml"), text).toString();
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait(); // until the test's time-out
    }
  }

  private static Set<String> selves(List<CacheServer> servers) {
    Set<String> selves = new TreeSet<>();
    servers.forEach(server -> selves.add(server.self()));
    return selves;
  }

  private static void awaitMembers(List<CacheServer> at, Set<String> members) {
    at.forEach(server -> await(() -> new TreeSet<>(server.members()).equals(members)));
  }

  @Test
  void nodesFindEachOtherAndNoticeOneThatLeaves() throws Exception {
    for (int i = 0; i < 3; i++) {
      start(JGroupsDiscovery.FILE_PING);
    }
    awaitMembers(servers, selves(servers));
    servers.forEach(server -> assertTrue(server.isReady()));
    String version = discoveries.get(0).members().get(0).version(); // empty if it is not packaged
    Set<JGroupsMember> expected =
        Set.of(
            new JGroupsMember(servers.get(0).self(), "zone-0", version),
            new JGroupsMember(servers.get(1).self(), "zone-1", version),
            new JGroupsMember(servers.get(2).self(), "zone-2", version));
    assertEquals(expected, Set.copyOf(discoveries.get(0).members()));

    servers.remove(0).close(); // the first is JGroups' coordinator

    awaitMembers(servers, selves(servers));
  }

  @Test
  void nodesWithASecretFindEachOtherByAnEncryptedStackAndStrangersDoNotJoin() throws Exception {
    Path keys = keys();
    String encrypted =
        changed(
            JGroupsDiscovery.FILE_PING,
            "<pbcast.NAKACK2",
            "<SYM_ENCRYPT keystore_name=\"KEYS\" keystore_type=\"PKCS12\""
                + " store_password=\"changeit\" alias=\"fleet\"/><pbcast.NAKACK2",
            "<pbcast.GMS",
            "<AUTH auth_class=\"org.jgroups.auth.X509Token\" auth_token.keystore_path=\"KEYS\""
                + " auth_token.keystore_type=\"PKCS12\" auth_token.keystore_password=\"changeit\""
                + " auth_token.cert_alias=\"node\" auth_token.cipher_type=\"RSA\""
                + " auth_token.auth_value=\"dawncache\"/><pbcast.GMS",
            "KEYS",
            keys.toString());
    serverConfig.secrets(List.of("a secret for tests".getBytes(UTF_8)));
    start(encrypted);
    start(encrypted);
    awaitMembers(servers, selves(servers));

    String unprotected =
        changed(JGroupsDiscovery.FILE_PING, "<pbcast.GMS", "<pbcast.GMS max_join_attempts=\"1\"");
    try (JChannel stranger = new JChannel(unprotected)) {
      stranger.connect("dawncache");
      assertEquals(1, stranger.getView().size()); // a cluster of its own
    }
    assertEquals(selves(servers), new TreeSet<>(servers.get(0).members()));
  }

  /** Returns a key store with a key of AES, for all nodes, and a key of RSA with a certificate. */
  private Path keys() throws Exception {
    Path keys = folder.resolve("keys");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "node",
                "-keyalg",
                "RSA",
                "-storetype",
                "PKCS12",
                "-keystore",
                keys.toString(),
                "-storepass",
                "changeit",
                "-dname",
                "CN=node")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, keytool.waitFor());
    char[] password = "changeit".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, password);
    }
    store.setEntry(
        "fleet",
        new KeyStore.SecretKeyEntry(new SecretKeySpec(new byte[16], "AES")),
        new KeyStore.PasswordProtection(password));
    try (OutputStream out = Files.newOutputStream(keys)) {
      store.store(out, password);
    }
    return keys;
  }

  @Test
  void aJoinThatTakesLongDelaysNeitherServingNorTheStop() throws Exception {
    String patient =
        changed(
            JGroupsDiscovery.TCPPING,
            "${jgroups.bind_port:7800}",
            "0",
            "localhost[7800]",
            "127.0.0.1[1]",
            "join_timeout=\"1s\"",
            "join_timeout=\"1h\"");

    CacheServer server = start(patient); // and it serves

    assertFalse(server.isReady());
    server.close();
  }

  /** The first of them, which finds nobody, and the second may begin at the same moment. */
  @Test
  void twoNodesThatStartAtOnceEndInOneCluster() throws Exception {
    String both =
        changed(JGroupsDiscovery.FILE_PING, "min_interval=\"1s\"", "min_interval=\"500ms\"");
    start(both);
    start(both);

    awaitMembers(servers, selves(servers));
  }

  @Test
  void thePartsOfAPartitionServeAloneAndAreMergedWhenItHeals() throws Exception {
    String hasty =
        changed(
            JGroupsDiscovery.FILE_PING,
            "<!-- jgroups.file.location, the folder -->",
            "<DISCARD/>",
            "<FD_ALL3 interval=\"2s\" timeout=\"8s\"/>",
            "<FD_ALL3 interval=\"200ms\" timeout=\"1s\"/>",
            "<FD_SOCK2/>",
            "", // the sockets of one process are not cut
            "remove_all_data_on_view_change=\"true\"",
            "");
    for (int i = 0; i < 3; i++) {
      start(hasty);
    }
    awaitMembers(servers, selves(servers));

    DISCARD cut = cut(discoveries.get(2));
    cut.discardAll(true);
    awaitMembers(servers.subList(0, 2), selves(servers.subList(0, 2)));
    awaitMembers(servers.subList(2, 3), selves(servers.subList(2, 3)));
    cut.discardAll(false);

    awaitMembers(servers, selves(servers));
  }

  private static DISCARD cut(JGroupsDiscovery discovery) {
    JChannel channel = Objects.requireNonNull(discovery.channel());
    return channel.getProtocolStack().findProtocol(DISCARD.class);
  }

  @Test
  void aNodeThatCannotJoinSaysWhyAndJoinsLater() throws Exception {
    ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    open.add(other);
    String port = String.valueOf(other.getLocalPort());
    String taken = changed(JGroupsDiscovery.FILE_PING, "${jgroups.bind_port:0}", port);
    CacheServer server = start(taken);

    await(() -> server.discoveryTrouble() != null);
    String trouble = server.discoveryTrouble();
    assertTrue(trouble.startsWith("jgroups:" + taken + ": cannot join, "), trouble);
    assertFalse(server.isReady());
    other.close();

    await(server::isReady);
    await(() -> server.discoveryTrouble() == null);
  }

  @Test
  void whoIsNoNodeIsNoMember() throws Exception {
    CacheServer server = start(JGroupsDiscovery.FILE_PING);
    await(server::isReady);
    try (InputStream stack = JGroupsDiscovery.class.getResourceAsStream("file-ping.xml");
        JChannel stranger = new JChannel(stack)) {
      stranger.connect("dawncache");
      JChannel channel = Objects.requireNonNull(discoveries.get(0).channel());
      await(() -> channel.getView().size() == 2);

      assertEquals(List.of(server.self()), server.members());
    }
  }

  @Test
  void aProcessThatIsKilledIsNoMemberAnyMore() throws Exception {
    CacheServer server = start(JGroupsDiscovery.FILE_PING);
    await(server::isReady);
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D" + LOCATION + "=" + System.getProperty(LOCATION),
                "-Djgroups.bind_addr=127.0.0.1",
                "-cp",
                System.getProperty("java.class.path"),
                JGroupsIT.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    open.add(other::destroyForcibly);
    String url;
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(other.getInputStream(), UTF_8))) {
      url = Objects.requireNonNull(out.readLine(), "no URL from the other process");
      awaitMembers(servers, new TreeSet<>(Set.of(server.self(), url)));

      other.destroyForcibly().onExit().join();
    }

    awaitMembers(servers, selves(servers));
  }

  /** The other process: a node that prints its URL when it knows the members. */
  public static void main(String[] args) throws Exception {
    CacheNode node = CacheNode.create();
    CacheServer server =
        CacheServer.start(
            node,
            ServerConfig.builder()
                .discovery(JGroupsDiscovery.of(JGroupsDiscovery.FILE_PING))
                .build());
    await(server::isReady);
    System.out.println(server.self());
    System.in.read(); // until it is killed, or the test has ended
    server.close();
  }
}
