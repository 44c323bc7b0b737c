package io.dawncache.bench.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeepAliveConnectionTest {
  private static final String ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\na: b\r\n\r\nhello";

  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  @Test
  void sendsTheRequestAsItIs() throws IOException {
    try (KeepAliveConnection connection = answering(ANSWER, 100)) {
      connection.get(KeepAliveConnection.request("/_dawncache/bench/key1"));
    }
    assertEquals(
        "GET /_dawncache/bench/key1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        sent.toString(ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 100})
  void readsAnAnswerHoweverItIsCut(int pieceBytes) throws IOException {
    try (KeepAliveConnection connection = answering(ANSWER, pieceBytes)) {
      assertEquals(5, connection.get(new byte[0]));
    }
  }

  @Test
  void readsAnswersOneAfterTheOther() throws IOException {
    try (KeepAliveConnection connection = answering(ANSWER + ANSWER, ANSWER.length())) {
      assertEquals(5, connection.get(new byte[0]));
      assertEquals(5, connection.get(new byte[0]));
      assertThrows(EOFException.class, () -> connection.get(new byte[0]));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
      })
  void refusesEveryOtherAnswer(String answer) throws IOException {
    try (KeepAliveConnection connection = answering(answer, 100)) {
      IOException refused = assertThrows(IOException.class, () -> connection.get(new byte[0]));
      assertTrue(refused.getMessage().startsWith("answer: "), refused.getMessage());
    }
  }

  private KeepAliveConnection answering(String answer, int pieceBytes) {
    InputStream in =
        new ByteArrayInputStream(answer.getBytes(ISO_8859_1)) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, pieceBytes));
          }
        };
    return new KeepAliveConnection(in, sent, () -> {});
  }
}
