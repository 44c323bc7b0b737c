package io.dawncache.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What attackers send. */
final class AttacksTest {
  private static String sent(NeverReading attack, int client) {
    return ISO_8859_1.decode(attack.request().apply(client)).toString();
  }

  @Test
  void clientsThatNeverReadAskForAKeyOfTheirOwn() {
    NeverReading attack = NeverReading.gets(3);
    assertEquals(3, attack.clients());
    assertEquals("GET /_dawncache/large/unread-2 HTTP/1.1\r\nHost: node\r\n\r\n", sent(attack, 2));
  }

  @Test
  void bulkGetsAreMessagesAsPeersSendThem() {
    String request = sent(NeverReading.bulks(1), 0);
    int body = request.indexOf("\r\n\r\n") + 4;
    String head = request.substring(0, body);
    assertTrue(head.startsWith("POST /_dawncache/ HTTP/1.1\r\n"), head);
    assertTrue(head.contains("\r\nDawncache-Message: get-all\r\n"), head);
    assertTrue(head.contains("\r\nContent-Length: " + (request.length() - body) + "\r\n"), head);
    for (String key : List.of("bulk-0", "bulk-63")) {
      assertTrue(request.substring(body).contains(key), key);
    }
    assertTrue(!request.contains("bulk-64"), "one key too many");
  }

  @Test
  void aProgramThatIsMissingIsNamedWithItsPackage() {
    ProcessBuilder missing = new ProcessBuilder("no-such-program");
    IOException thrown = assertThrows(IOException.class, () -> new SlowHttpTest.Repeated(missing));
    assertEquals(
        "no-such-program: cannot be run (expected: Debian's package no-such-program)",
        thrown.getMessage());
  }

  @Test
  void theFourModesOfSlowhttptestAreThere() {
    assertEquals(
        List.of("slow-headers -H", "slow-body -B", "slow-read -X", "range -R"),
        SlowHttpTest.modes().stream()
            .map(mode -> mode.name() + " " + ((SlowHttpTest) mode).options().get(0))
            .toList());
  }

  @Test
  void thePhysicalMemoryIsReadFromTheStatusOfTheProcess() throws IOException {
    assertEquals(20 << 10, SiegeNode.residentBytes("VmHWM:\t  30 kB\nVmRSS:\t      20 kB\n"));
    IOException thrown =
        assertThrows(IOException.class, () -> SiegeNode.residentBytes("Name:\tjava\n"));
    assertEquals("no VmRSS (expected: that the node runs, on Linux)", thrown.getMessage());
  }
}
