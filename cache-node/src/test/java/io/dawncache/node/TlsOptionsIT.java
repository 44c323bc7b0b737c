package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node in a process of its own with certificates made as docs/operations.md has it, asked by
 * openssl, curl and our own commands.
 */
@Timeout(120)
class TlsOptionsIT {
  private static final Pattern SELF = Pattern.compile("https://127\\.0\\.0\\.1:(\\d+)");
  private static final Pattern OPERATIONS = Pattern.compile("operations: listening on .*:(\\d+)");
  private static final int CURL_DOES_NOT_TRUST = 60;
  private static final int CURL_HANDSHAKE_FAILED = 35;

  @TempDir private Path folder;
  private Process node;
  private String url;
  private String operations;

  /** What a program did. */
  private record Ended(int exitCode, String out) {}

  private Ended run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), out);
  }

  private void make(String... command) throws Exception {
    Ended ended = run(command);
    assertEquals(0, ended.exitCode(), ended.out());
  }

  @BeforeEach
  void makeCertificates() throws Exception {
    Files.writeString(folder.resolve("Tom"), "630");
    make(
        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650"
                + " -keyout ca.key -out ca.crt -subj /CN=cache")
            .split(" "));
    makeFor("node", "IP:127.0.0.1,DNS:localhost");
  }

  private void makeFor(String name, String names) throws Exception {
    make(
        ("openssl req -x509 -CA ca.crt -CAkey ca.key -newkey ec -pkeyopt ec_paramgen_curve:P-256"
                + " -noenc -days 90 -keyout "
                + (name + ".key -out " + name + ".crt -subj /CN=" + name)
                + " -addext basicConstraints=critical,CA:FALSE -addext subjectAltName="
                + names)
            .split(" "));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void start(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                NodeMain.class.getName(),
                "--listen",
                "127.0.0.1:0",
                "--group",
                "docs=files:" + folder,
                "--operations",
                "127.0.0.1:0",
                "--operations-tls",
                "on",
                "--tls-certificate",
                file("node.crt"),
                "--tls-key",
                file("node.key"),
                "--tls-ca",
                file("ca.crt")));
    command.addAll(List.of(options));
    Path log = folder.resolve("log");
    node = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String serving = node.inputReader().readLine();
    assertNotNull(serving, () -> "it said nothing, and logged " + log);
    url = found(SELF, serving);
    operations = found(OPERATIONS, Files.readString(log));
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    assertTrue(matcher.find(), text);
    return "https://127.0.0.1:" + matcher.group(1);
  }

  @AfterEach
  void stop() throws Exception {
    if (node != null) {
      node.destroy();
      if (!node.waitFor(30, TimeUnit.SECONDS)) {
        node.destroyForcibly().waitFor();
      }
    }
  }

  private Ended curl(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("curl", "-sS"));
    command.addAll(List.of(options));
    return run(command.toArray(String[]::new));
  }

  @Test
  void curlAndOurCommandsAskItWithTheCaAndNotWithout() throws Exception {
    start();
    String tom = url + "/_dawncache/docs/Tom";

    assertEquals(new Ended(0, "\n\u0003630"), curl("--cacert", "ca.crt", tom));
    assertEquals(CURL_DOES_NOT_TRUST, curl(tom).exitCode());
    assertEquals(
        new Ended(0, "ok\n"), curl("--cacert", "ca.crt", "--tlsv1.3", operations + "/healthz"));
    assertNotEquals(0, curl(operations.replace("https", "http") + "/healthz").exitCode());

    assertEquals(
        new Ran(0, "630", List.of()),
        Ran.get("--node", url, "--cacert", file("ca.crt"), "docs", "Tom"));
    Ran untrusting = Ran.get("--node", url, "docs", "Tom");
    assertEquals(3, untrusting.exitCode());
    assertTrue(
        untrusting.err().get(0).startsWith("get: docs/Tom from " + url + ": no TLS: "),
        untrusting.err().toString());
    assertEquals(
        List.of("get: docs/Tom from " + url + ": " + file("no.crt") + ": no such file"),
        Ran.get("--node", url, "--cacert", file("no.crt"), "docs", "Tom").err());
    assertEquals(0, Ran.status("--cacert", file("ca.crt"), url).exitCode());
    assertEquals(0, Ran.status("--cacert", file("ca.crt"), operations).exitCode());
    String metrics = curl("--cacert", "ca.crt", operations + "/metrics").out();
    assertTrue(
        Pattern.compile("dawncache_tls_handshakes_total\\{.*success.*} [1-9]")
            .matcher(metrics)
            .find(),
        metrics);
    assertTrue(metrics.contains("dawncache_tls_files_refused 0.0"), metrics);
    String stats = curl("--cacert", "ca.crt", operations + "/stats").out();
    assertTrue(stats.contains("\"expires\": \"20"), stats);
    assertEquals(
        1, Ran.status("--cacert", file("ca.crt"), url.replace("https", "http")).exitCode());
  }

  @Test
  void opensslAgreesOnBothVersionsAndOnHttpAndOnNothingOlder() throws Exception {
    start();
    String address = url.substring("https://".length());
    for (String version : List.of("-tls1_2", "-tls1_3")) {
      Ended agreed =
          run(
              "openssl",
              "s_client",
              "-connect",
              address,
              version,
              "-CAfile",
              "ca.crt",
              "-verify_return_error",
              "-verify_ip",
              "127.0.0.1",
              "-alpn",
              "h2,http/1.1");

      assertEquals(0, agreed.exitCode(), agreed.out());
      assertTrue(agreed.out().contains("ALPN protocol: http/1.1"), agreed.out());
      assertTrue(agreed.out().contains("Verify return code: 0 (ok)"), agreed.out());
    }
    Ended old =
        run("openssl", "s_client", "-connect", address, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0");
    assertEquals(1, old.exitCode(), old.out());
    assertTrue(old.out().contains("alert protocol version"), old.out());
    Ended weak =
        run("openssl", "s_client", "-connect", address, "-tls1_2", "-cipher", "AES128-SHA");
    assertEquals(1, weak.exitCode(), weak.out());
  }

  @Test
  void withoutACertificateOfTheCaThereIsNoConnectionIfAllHaveToPresentOne() throws Exception {
    makeFor("client", "DNS:client");
    start("--tls-client-certificates", "all", "--remote-changes", "all");
    Files.writeString(folder.resolve("keys"), "Tom\n");
    String tom = url + "/_dawncache/docs/Tom";

    Ended without = curl("--cacert", "ca.crt", "--tls-max", "1.2", tom);
    assertEquals(CURL_HANDSHAKE_FAILED, without.exitCode(), without.out());
    assertEquals(
        new Ended(0, "\n\u0003630"),
        curl("--cacert", "ca.crt", "--cert", "client.crt", "--key", "client.key", tom));
    String[] tls = {"--cacert", file("ca.crt"), "--cert", file("client.crt"), "--key"};
    assertEquals(
        new Ran(0, "630", List.of()),
        Ran.get(with(tls, file("client.key"), "--node", url, "docs", "Tom")));
    assertEquals(3, Ran.get("--cacert", file("ca.crt"), "--node", url, "docs", "Tom").exitCode());
    assertEquals(0, Ran.status(with(tls, file("client.key"), operations)).exitCode());
    for (String[] command :
        List.of(
            new String[] {"top", "--once"},
            new String[] {"config"},
            new String[] {"hot", "docs"},
            new String[] {"explain", "docs", "Tom"},
            new String[] {"warm", "docs", file("keys")},
            new String[] {"resize", "docs", "64m"},
            new String[] {"put", "docs", "Tom", "631"},
            new String[] {"remove", "docs", "Tom"})) {
      List<String> all = new ArrayList<>(List.of(command));
      all.addAll(List.of(tls));
      all.addAll(List.of(file("client.key"), "--operations", operations));

      Ran ran = Ran.operate(all.toArray(String[]::new));

      assertEquals(0, ran.exitCode(), ran.toString());
    }
  }

  @Test
  void aRevokedCertificateIsRefusedByItsCrl() throws Exception {
    makeFor("client", "DNS:client");
    makeFor("revoked", "DNS:revoked");
    Files.write(
        folder.resolve("ca.cnf"),
        List.of(
            "[ca]",
            "default_ca = cache",
            "[cache]",
            "database = revoked.txt",
            "default_md = sha256",
            "default_crl_days = 30"));
    Files.createFile(folder.resolve("revoked.txt"));
    String ca = "openssl ca -config ca.cnf -keyfile ca.key -cert ca.crt ";
    make((ca + "-revoke revoked.crt").split(" "));
    make((ca + "-gencrl -out ca.crl").split(" "));
    start("--tls-client-certificates", "peers", "--tls-crl", file("ca.crl"));
    String[] asked = {"--cacert", "ca.crt", "--tls-max", "1.2", url + "/_dawncache/docs/Tom"};

    assertEquals(
        new Ended(0, "\n\u0003630"),
        curl(with(asked, "--cert", "client.crt", "--key", "client.key")));
    assertEquals(new Ended(0, "\n\u0003630"), curl(asked)); // with none it is a client
    Ended revoked = curl(with(asked, "--cert", "revoked.crt", "--key", "revoked.key"));
    assertEquals(CURL_HANDSHAKE_FAILED, revoked.exitCode(), revoked.out());
  }

  @Test
  void aWrongConfigurationIsRefusedWithTheFileAndTheReason() throws Exception {
    String[] base = {"--listen", "127.0.0.1:0", "--group", "docs=files:" + folder};
    assertRefused(
        "node: --tls-key: "
            + file("node.key")
            + " without a certificate (expected: tls.certificate)",
        base,
        "--tls-key",
        file("node.key"));
    assertRefused(
        "node: --tls-certificate: "
            + file("node.crt")
            + " without a private key (expected: tls.key)",
        base,
        "--tls-certificate",
        file("node.crt"));
    assertRefused(
        "node: --operations-tls: on without a certificate (expected: tls.certificate)",
        base,
        "--operations-tls",
        "on");
    String[] good = {
      "--tls-certificate", file("node.crt"), "--tls-key", file("node.key"),
    };
    assertRefused(
        "node: --tls-client-certificates: all without a CA that signs them (expected: tls.ca)",
        with(base, good),
        "--tls-client-certificates",
        "all");
    assertRefused(
        "node: --tls-crl: " + file("ca.crl") + " without a CA that signs them (expected: tls.ca)",
        with(base, good),
        "--tls-crl",
        file("ca.crl"));
    assertRefused(
        "node: --tls-certificate: " + file("none") + ": no such file",
        with(base, good),
        "--tls-ca",
        file("none"));
    assertRefused(
        "node: --tls-certificate: "
            + file("ca.key")
            + ": not the key of the certificate in "
            + file("node.crt"),
        base,
        "--tls-certificate",
        file("node.crt"),
        "--tls-key",
        file("ca.key"));
    assertRefused(
        "node: --self: http://a:1 (expected: https://, this node accepts TLS alone)",
        with(base, good),
        "--self",
        "http://a:1");
    assertRefused(
        "node: --peers: https://a:1 (expected: http://, this node has no certificate for TLS)",
        base,
        "--peers",
        "https://a:1");
  }

  private static void assertRefused(String line, String[] base, String... more) {
    Ran.node(with(base, more)).assertRefused(line);
  }

  private static String[] with(String[] base, String... more) {
    List<String> all = new ArrayList<>(List.of(base));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
