package io.dawncache.server.inbound;

/**
 * Whether a connection stays open after an answer, and what the answer says about it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-9.3">RFC 9112, section 9.3</a>
 */
enum Persistence {
  /** It stays open, which is the default in HTTP/1.1. */
  DEFAULT(""),
  /** It stays open, as a client of HTTP/1.0 has asked; the answer has to confirm it. */
  KEEP_ALIVE("connection: keep-alive\r\n"),
  /** This is its last answer. */
  CLOSE("connection: close\r\n");

  private final String line;

  Persistence(String line) {
    this.line = line;
  }

  /** Returns the line of the answer's head that says so, or nothing. */
  String line() {
    return line;
  }
}
