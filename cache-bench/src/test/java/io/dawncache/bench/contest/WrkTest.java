package io.dawncache.bench.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the words of wrk. */
final class WrkTest {
  private static final String SAID =
      """
      Running 2s test @ http://127.0.0.1:8001/
        1 threads and 64 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency   512.42us  120.00us   5.02ms   91.11%%
          Req/Sec   120.23k     3.04k  125.00k    70.00%%
        240460 requests in %s, 61.22MB read
      %sRequests/sec: 120230.00
      Transfer/sec:     30.61MB
      """;

  @ParameterizedTest
  @CsvSource({"2.00s, 120230", "500.00ms, 480920", "2.00m, 2003.8333333333333"})
  void theRateIsOfTheTimeThatItTook(String time, double perSecond) throws IOException {
    assertEquals(
        new Client.Asked(240_460, perSecond), Wrk.asked(Player.NODE, SAID.formatted(time, "")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  Non-2xx or 3xx responses: 3\n",
        "  Socket errors: connect 0, read 1, write 0, timeout 0\n"
      })
  void anythingButAnswersWithValuesIsAFault(String fault) {
    IOException thrown =
        assertThrows(
            IOException.class, () -> Wrk.asked(Player.NODE, SAID.formatted("2.00s", fault)));
    assertTrue(thrown.getMessage().contains(fault.strip()), thrown::getMessage);
  }

  @Test
  void whatCountsNothingIsAFault() {
    assertThrows(
        IOException.class, () -> Wrk.asked(Player.NODE, "unable to connect to 127.0.0.1:8001"));
  }
}
