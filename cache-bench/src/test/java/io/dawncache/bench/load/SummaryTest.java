package io.dawncache.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class SummaryTest {
  @Test
  void aGoodRunIsToldInFigures() {
    String text = told(Results.good());
    for (String part :
        new String[] {
          "Open loop, 100/s, over 8 connections, to 127.0.0.1:8001.",
          "sent                   1,000 requests",
          "answered               1,000 in 10 s",
          "status                 200: 1,000",
          "errors                 0 in all",
          "rate                   wanted 100/s, reached 100/s",
          "backlog at the end     0 due and not sent",
          "60 kB sent, 200 kB received, 102 kB of them bodies",
          "The rate was kept.",
        }) {
      assertTrue(text.contains(part), part + " in " + text);
    }
    assertTrue(
        text.matches("(?s).*get +50\\.0 ms +90\\.\\d ms +99\\.\\d ms +100 ms +100 ms +100 ms.*"),
        text);
    assertTrue(Results.good().keptRate());
  }

  @Test
  void aBadOneSaysWhatWasBadAndWhoseFaultItWas() {
    LoadResult bad = Results.bad();
    assertFalse(bad.keptRate());
    assertEquals(3, bad.shortfalls().size());
    String text = told(bad);
    for (String part :
        new String[] {
          "status                 200: 900, 503: 1",
          "errors                 5 in all",
          "no answer in time      1",
          "connection lost        1",
          "answer is no HTTP      1",
          "unanswered at the end  1",
          "no connection          1 times: 10.0.0.9:8001: no <route> & \"no\" luck",
          "The rate was not kept.",
          "95 requests that were due had not been sent at the end",
          "The generator itself was late: one request in a hundred went out 20.",
          "90.1/s were answered of 100/s that were wanted.",
        }) {
      assertTrue(text.contains(part), part + " in " + text);
    }
  }

  @Test
  void aRunWithoutAnAnswerSaysSoAndWhyItEnded() {
    String text = told(Results.silent());
    assertTrue(text.contains("The run ended early: 127.0.0.1:8001: Connection refused."), text);
    assertTrue(text.contains("Nothing was answered."), text);
    assertFalse(text.contains("latency"), text);
  }

  @Test
  void aClosedLoopKeepsNoRateAndIsToldApart() {
    assertTrue(Results.closed().keptRate());
    assertTrue(told(Results.closed()).contains("A closed loop has no rate to keep"));
  }

  @Test
  void talliesAddUp() {
    Tally sum = new Tally();
    sum.add(Results.bad().total());
    sum.add(Results.good().total());
    assertEquals(1_901, sum.answered());
    assertEquals(5, sum.errors());
    assertEquals(1, sum.putLatency.getTotalCount());
    assertEquals(1_901, sum.latency().getTotalCount());
    assertEquals(sum.sent, sum.answered() + Failure.values().length);
  }

  @Test
  void progressIsALineASecond() {
    StringWriter out = new StringWriter();
    Progress progress = new Progress(new PrintWriter(out), false);
    progress.accept(new SecondRow(-1, 5, 5, 0, 0, 1_000, 2_000, 3_000));
    progress.accept(new SecondRow(0, 5, 1_234, 2, 17, 92_300, 4_070_000, 3_000));
    progress.accept(new SecondRow(1, 5, 0, 0, 0, 0, 0, 0));
    progress.close();
    assertEquals(
        """
         warm-up           5/s  errors 0      p50 1 µs     p99 2 µs
             1 s       1,234/s  errors 2      p50 92.3 µs  p99 4.07 ms   backlog 17
             2 s           0/s  errors 0      p50 -        p99 -
        """,
        out.toString().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void onATerminalALineTakesThePlaceOfTheLast() {
    StringWriter out = new StringWriter();
    Progress progress = new Progress(new PrintWriter(out), true);
    progress.accept(new SecondRow(0, 5, 5, 0, 0, 1_000, 2_000, 3_000));
    progress.accept(new SecondRow(1, 5, 5, 0, 0, 1_000, 2_000, 3_000));
    assertEquals(0, out.toString().lines().skip(1).filter(line -> line.contains("\n")).count());
    assertEquals(2, out.toString().chars().filter(c -> c == '\r').count());
    assertFalse(out.toString().contains("\n"));
    progress.close();
    assertTrue(out.toString().endsWith(System.lineSeparator()));
  }

  private static String told(LoadResult result) {
    StringWriter out = new StringWriter();
    new Summary(result).printTo(new PrintWriter(out));
    return out.toString();
  }
}
