package io.dawncache.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A request as its bytes, with any headers: what an HTTP client would not let a test send. */
final class RawRequest {
  private final InetSocketAddress address;
  private final String line;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private String body = "";

  private RawRequest(InetSocketAddress address, String line) {
    this.address = address;
    this.line = line;
    headers.put("Host", "127.0.0.1:" + address.getPort());
    headers.put("Connection", "close");
  }

  static RawRequest of(InetSocketAddress address, String method, String target) {
    return new RawRequest(address, method + " " + target + " HTTP/1.1");
  }

  static RawRequest get(InetSocketAddress address, String target) {
    return of(address, "GET", target);
  }

  static RawRequest post(InetSocketAddress address, String target, String json) {
    RawRequest request = of(address, "POST", target).with("Content-Type", "application/json");
    request.body = json;
    return request;
  }

  RawRequest with(String name, String value) {
    headers.put(name, value);
    return this;
  }

  RawRequest without(String name) {
    headers.remove(name);
    return this;
  }

  /** What came back. */
  record Response(int status, Map<String, String> headers, String body) {
    JsonObject json() {
      return JsonParser.parseString(body).getAsJsonObject();
    }

    /** Returns the detail of a problem document. */
    String detail() {
      if (!"application/problem+json".equals(headers.get("content-type"))) {
        throw new AssertionError(this + " (expected: a problem document)");
      }
      return json().get("detail").getAsString();
    }

    static Response of(String text) {
      int end = text.indexOf("\r\n\r\n");
      String[] head = text.substring(0, end).split("\r\n", -1);
      Map<String, String> headers = new LinkedHashMap<>();
      for (int i = 1; i < head.length; i++) {
        String[] parts = head[i].split(": ", 2);
        headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
      }
      return new Response(
          Integer.parseInt(head[0].split(" ", 3)[1]), headers, text.substring(end + 4));
    }
  }

  String text() {
    StringBuilder text = new StringBuilder(line).append("\r\n");
    headers.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    if (!body.isEmpty()) {
      text.append("Content-Length: ").append(body.getBytes(UTF_8).length).append("\r\n");
    }
    return text.append("\r\n").append(body).toString();
  }

  /** Sends it on a connection of its own, and reads until the listener closes that. */
  Response send() throws IOException {
    return send(address, text());
  }

  /** As {@link #send()}, each byte in a packet of its own. */
  Response sendBytewise() throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setTcpNoDelay(true);
      for (byte b : text().getBytes(UTF_8)) {
        socket.getOutputStream().write(b);
      }
      return Response.of(new String(socket.getInputStream().readAllBytes(), UTF_8));
    }
  }

  static Response send(InetSocketAddress address, String text) throws IOException {
    try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
      socket.getOutputStream().write(text.getBytes(UTF_8));
      return Response.of(new String(socket.getInputStream().readAllBytes(), UTF_8));
    }
  }
}
