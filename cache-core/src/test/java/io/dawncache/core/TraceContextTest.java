package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers of the W3C Trace Context. */
class TraceContextTest {
  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String PARENT = "00-" + ID + "-" + SPAN + "-01";

  @Test
  void bothHeadersAreReadAsTheyAre() {
    TraceContext trace = TraceContext.read(PARENT, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");

    assertNotNull(trace);
    assertEquals(PARENT, trace.traceparent());
    assertEquals("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", trace.tracestate());
    assertEquals(ID, trace.traceId());
    assertEquals(TraceContext.PARENT_CHARS, PARENT.length());
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "01", "02", "ff"})
  void allFlagsOfThisVersionArePassedOn(String flags) {
    String parent = "00-" + ID + "-" + SPAN + "-" + flags;

    assertEquals(new TraceContext(parent, null), TraceContext.read(parent, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", // no flags
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", // more, in this version
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", // no version
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what", // no dash before more
        "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", // no trace
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", // no span
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", // upper case
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-\r\nHost: x",
      })
  void whatIsNoTraceparentCountsAsNone(String wrong) {
    assertNull(TraceContext.read(wrong, "rojo=1"));
    assertThrows(IllegalArgumentException.class, () -> new TraceContext(wrong, null));
  }

  @Test
  void withoutATraceparentThereIsNoTrace() {
    assertNull(TraceContext.read(null, "rojo=1"));
  }

  @Test
  void ofALaterVersionTheKnownFieldsRemain() {
    String fields = ID + "-" + SPAN;

    assertEquals(
        new TraceContext("00-" + fields + "-01", "rojo=1"),
        TraceContext.read("cc-" + fields + "-ff-what-the-future-will-be", "rojo=1"));
    assertEquals(
        new TraceContext("00-" + fields + "-00", null),
        TraceContext.read("01-" + fields + "-fe", null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1",
        "a=1,b=2",
        " a=1\t, b=2 ",
        "a=1,,b=2,", // members of empty headers
        "3a@b/c_d*e-f=!~ x",
        "a= 1",
      })
  void aTracestateIsPassedOnAsItIs(String state) {
    assertEquals(new TraceContext(PARENT, state), TraceContext.read(PARENT, state));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a",
        "=1",
        "a=",
        "a= ",
        "a=1=2",
        "A=1",
        "-a=1",
        "a b=1",
        "a=1;b\u00fc=2",
        "a=\u00fc",
        "a=1\r\nHost: x",
        "a=1,\nb=2",
        "a=1,b",
      })
  void aWrongTracestateIsLeftOut(String wrong) {
    assertEquals(new TraceContext(PARENT, null), TraceContext.read(PARENT, wrong));
    assertThrows(IllegalArgumentException.class, () -> new TraceContext(PARENT, wrong));
  }

  private static String members(int count) {
    return IntStream.range(0, count).mapToObj(i -> "k" + i + "=1").collect(Collectors.joining(","));
  }

  @Test
  void aTracestateBeyondItsBoundsIsLeftOut() {
    String longest = "a=" + "x".repeat(256) + ",b=" + "y".repeat(251);

    assertEquals(TraceContext.MOST_STATE_CHARS, longest.length());
    for (String fits : new String[] {longest, members(32), "k".repeat(256) + "=1"}) {
      assertEquals(new TraceContext(PARENT, fits), TraceContext.read(PARENT, fits));
    }
    for (String tooLong :
        new String[] {
          longest + ",", members(33), "k".repeat(257) + "=1", "a=" + "x".repeat(257), ",".repeat(9)
        }) {
      assertEquals(new TraceContext(PARENT, null), TraceContext.read(PARENT, tooLong));
    }
  }
}
