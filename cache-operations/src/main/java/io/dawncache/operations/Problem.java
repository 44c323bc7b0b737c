package io.dawncache.operations;

/**
 * Why a request is refused or failed; answered as a problem document (RFC 9457). It has no stack
 * trace: the request is at fault, or what it asks for.
 */
final class Problem extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String title;

  /**
   * Makes a problem.
   *
   * @param status of the answer
   * @param title the kind of problem, the same for all of its kind
   * @param detail this one: the value, then the expectation
   */
  Problem(int status, String title, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.title = title;
  }

  static Problem badRequest(String detail) {
    return new Problem(400, "Bad request", detail);
  }

  static Problem notFound(String detail) {
    return new Problem(404, "Not found", detail);
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }
}
