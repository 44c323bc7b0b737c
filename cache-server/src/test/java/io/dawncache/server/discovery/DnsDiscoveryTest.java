package io.dawncache.server.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The member list by DNS, look by look; the name servers are a map. */
class DnsDiscoveryTest {
  private static final String SERVER = "@10.0.0.53:53";

  @TempDir private Path folder;

  private final Map<String, DnsAnswer> answers = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final Reports reports = new Reports();
  private final DnsDiscovery addresses = DnsDiscovery.ofAddresses("nodes.test:8001" + SERVER);
  private final DnsDiscovery services = DnsDiscovery.ofServices("nodes.test" + SERVER);

  private Duration interval = Duration.ZERO;

  private DnsAnswer ask(InetSocketAddress server, String name, DnsRecordType type)
      throws IOException {
    String question = server.getAddress().getHostAddress() + " " + name + " " + type.name();
    asked.add(question);
    DnsAnswer answer = answers.get(question);
    if (answer == null) {
      throw new IOException("no answer from " + server.getAddress().getHostAddress());
    }
    return answer;
  }

  /** Looks once, and returns what that reported. */
  private List<String> look(DnsDiscovery discovery) throws InterruptedException {
    asked.clear();
    interval = discovery.look(this::ask, reports);
    return reports.take();
  }

  private void put(String question, DnsAnswer answer) {
    answers.put("10.0.0.53 " + question, answer);
  }

  private static DnsAnswer code(DnsResponseCode code) {
    return new DnsAnswer(code, List.of(), List.of(), Map.of(), Long.MAX_VALUE);
  }

  private static DnsAnswer addresses(long ttlSeconds, String... addresses) {
    return new DnsAnswer(
        DnsResponseCode.NOERROR, parsed(addresses), List.of(), Map.of(), ttlSeconds);
  }

  private static DnsAnswer services(
      Map<String, List<InetAddress>> besides, DnsAnswer.Service... services) {
    return new DnsAnswer(DnsResponseCode.NOERROR, List.of(), List.of(services), besides, 2);
  }

  private static List<InetAddress> parsed(String... addresses) {
    List<InetAddress> parsed = new ArrayList<>();
    try {
      for (String address : addresses) {
        parsed.add(InetAddress.getByName(address));
      }
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
    return parsed;
  }

  private static String failed(DnsDiscovery discovery, String why) {
    return "failed " + discovery + ": " + why;
  }

  @Test
  void everyAddressIsAMemberWhateverTheirOrder() throws Exception {
    put("nodes.test A", addresses(2, "10.0.0.2", "10.0.0.1"));
    assertEquals(List.of("found http://10.0.0.1:8001 http://10.0.0.2:8001"), look(addresses));

    put("nodes.test A", addresses(2, "10.0.0.1", "10.0.0.2"));
    assertEquals(List.of(), look(addresses));

    put("nodes.test A", addresses(2, "10.0.0.1", "10.0.0.3"));
    assertEquals(List.of("found http://10.0.0.1:8001 http://10.0.0.3:8001"), look(addresses));
  }

  @Test
  void theNextLookIsWithinTheTtlButNotAtOnceAndNotAfterHours() throws Exception {
    for (long[] ttlAndInterval : new long[][] {{0, 1}, {1, 1}, {3, 3}, {86400, 5}}) {
      put("nodes.test A", addresses(ttlAndInterval[0], "10.0.0.1"));
      look(addresses);
      assertEquals(Duration.ofSeconds(ttlAndInterval[1]), interval);
    }
  }

  @Test
  void whereThereIsNoIpv4AddressTheIpv6OnesCount() throws Exception {
    put("nodes.test A", addresses(2));
    put("nodes.test AAAA", addresses(2, "fd00::2", "fd00::1"));

    assertEquals(List.of("found http://[fd00::1]:8001 http://[fd00::2]:8001"), look(addresses));
  }

  @Test
  void whatIsNoListIsReportedAndTheNextListCountsAgain() throws Exception {
    String noAddress = failed(addresses, "no address (expected: one at least)");
    put("nodes.test A", addresses(2, "10.0.0.1"));
    look(addresses);

    put("nodes.test A", code(DnsResponseCode.NXDOMAIN));
    assertEquals(List.of(noAddress), look(addresses));
    assertEquals(Duration.ofSeconds(1), interval);

    put("nodes.test A", addresses(2));
    put("nodes.test AAAA", addresses(2));
    assertEquals(List.of(noAddress), look(addresses));

    put("nodes.test A", code(DnsResponseCode.SERVFAIL));
    assertEquals(List.of(failed(addresses, "10.0.0.53:53 answers ServFail(2)")), look(addresses));

    answers.clear();
    assertEquals(List.of(failed(addresses, "no answer from 10.0.0.53")), look(addresses));

    put("nodes.test A", addresses(2, "10.0.0.1"));
    assertEquals(List.of("found http://10.0.0.1:8001"), look(addresses));
  }

  @Test
  void everyServiceIsAMemberAtTheLowestAddressOfItsHost() throws Exception {
    put(
        "nodes.test SRV",
        services(
            Map.of("a.test.", parsed("10.0.0.200", "10.0.0.1")),
            new DnsAnswer.Service("a.test.", 8001),
            new DnsAnswer.Service("a.test.", 8002),
            new DnsAnswer.Service("b.test.", 8003)));
    put("b.test. A", addresses(1, "10.0.0.2"));

    assertEquals(
        List.of("found http://10.0.0.1:8001 http://10.0.0.1:8002 http://10.0.0.2:8003"),
        look(services));
    assertEquals(Duration.ofSeconds(1), interval);
  }

  @Test
  void aServiceWhoseHostHasNoAddressIsLeftOut() throws Exception {
    DnsAnswer.Service gone = new DnsAnswer.Service("gone.test.", 1);
    DnsAnswer.Service odd = new DnsAnswer.Service("o d d.", 1);
    put(
        "nodes.test SRV",
        services(
            Map.of("a.test.", parsed("10.0.0.1")), gone, odd, new DnsAnswer.Service("a.test.", 1)));
    put("gone.test. A", code(DnsResponseCode.NXDOMAIN));
    assertEquals(List.of("found http://10.0.0.1:1"), look(services));

    put("nodes.test SRV", services(Map.of(), gone));
    assertEquals(
        List.of(failed(services, "no service with an address (expected: one at least)")),
        look(services));
  }

  /** A list without it could be put into force for as long as the name server is ill. */
  @Test
  void aServiceWhoseHostCannotBeAskedForMakesTheListNone() throws Exception {
    put(
        "nodes.test SRV",
        services(
            Map.of("a.test.", parsed("10.0.0.1")),
            new DnsAnswer.Service("a.test.", 1),
            new DnsAnswer.Service("b.test.", 1)));

    assertEquals(List.of(failed(services, "no answer from 10.0.0.53")), look(services));
  }

  @Test
  void theMachinesServersAreAskedInTheirOrderAndAShortNameIsCompleted() throws Exception {
    Path resolvConf = folder.resolve("resolv.conf");
    DnsDiscovery discovery = DnsDiscovery.ofAddresses("nodes:8001", resolvConf);
    assertEquals(
        List.of(failed(discovery, resolvConf + ": cannot be read, " + resolvConf)),
        look(discovery));
    assertEquals(List.of(), asked);

    Files.writeString(resolvConf, "nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch a.test b.test");
    answers.put("10.0.0.1 nodes.a.test A", code(DnsResponseCode.REFUSED));
    answers.put("10.0.0.2 nodes.a.test A", code(DnsResponseCode.NXDOMAIN));
    answers.put("10.0.0.2 nodes.b.test A", addresses(2, "10.0.0.9"));

    assertEquals(List.of("found http://10.0.0.9:8001"), look(discovery));
    assertEquals(
        List.of(
            "10.0.0.1 nodes.a.test A",
            "10.0.0.2 nodes.a.test A",
            "10.0.0.1 nodes.b.test A",
            "10.0.0.2 nodes.b.test A"),
        asked);
  }

  @Test
  void afterATimeOutNoOtherNameIsTaken() throws Exception {
    Path resolvConf = folder.resolve("resolv.conf");
    Files.writeString(resolvConf, "nameserver 10.0.0.1\nsearch a.test");
    answers.put("10.0.0.1 nodes A", addresses(2, "10.0.0.9"));
    DnsDiscovery discovery = DnsDiscovery.ofAddresses("nodes:8001", resolvConf);

    assertEquals(List.of(failed(discovery, "no answer from 10.0.0.1")), look(discovery));
    assertEquals(List.of("10.0.0.1 nodes.a.test A"), asked);
  }

  @Test
  void aDiscoveryThatWasNeverStartedIsClosedToo() {
    addresses.lookAgain();
    addresses.close();

    assertEquals(List.of(), reports.take());
    assertEquals(Collections.emptyList(), asked);
  }
}
