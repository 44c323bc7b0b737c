package io.dawncache.server.inbound;

/**
 * Whether a connection goes on after an answer, and what the answer says of it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-9.3">RFC 9112, section 9.3</a>
 */
enum Persistence {
  /** It goes on, as is understood in HTTP/1.1. */
  UNDERSTOOD(""),
  /** It goes on, which a client of HTTP/1.0 has asked for and has to be told. */
  SAID("connection: keep-alive\r\n"),
  /** This is its last answer. */
  ENDS("connection: close\r\n");

  private final String line;

  Persistence(String line) {
    this.line = line;
  }

  /** Returns the line of the answer's head that says so, or nothing. */
  String line() {
    return line;
  }
}
