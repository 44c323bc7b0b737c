package io.dawncache.operations;

import java.util.concurrent.CompletionStage;

/** What answers the requests of one method and path. Runs on the listener's thread. */
@FunctionalInterface
interface Endpoint {
  /**
   * Answers a request, now or later.
   *
   * @throws Problem if the request is refused
   */
  CompletionStage<Answer> answer(Request request) throws Problem;
}
