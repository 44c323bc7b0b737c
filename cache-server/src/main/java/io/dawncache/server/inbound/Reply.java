package io.dawncache.server.inbound;

import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Refusal;
import java.util.List;

/** Takes the answer to what one of our nodes wants, and says it in HTTP or in a frame. */
interface Reply {
  /** Says how an operation ended; on any thread. */
  void operated(MessageKind kind, OperationResult result);

  /** Says why there is no other answer; on any thread. */
  void refuse(Refusal refusal);

  /**
   * Says a result of each request, as they come.
   *
   * @param source of what has to be asked again
   */
  ResultStream stream(List<PeerRequest> requests, ResultStream.Source source);
}
