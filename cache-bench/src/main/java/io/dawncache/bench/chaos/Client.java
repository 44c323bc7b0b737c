package io.dawncache.bench.chaos;

import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import java.io.IOException;

/** Asks one node for one thing, and waits for the answer; beside the load. */
interface Client {
  /** Asks nodes over HTTP. */
  Client HTTP =
      new Client() {
        @Override
        public String get(ChaosNode node, String key) throws IOException, InterruptedException {
          return Direct.get(node, key);
        }

        @Override
        public OperationResult change(ChaosNode node, Operation operation)
            throws IOException, InterruptedException {
          return Direct.change(node, operation);
        }
      };

  /**
   * Returns the value of a key, asked for as a client does.
   *
   * @throws IOException if there is none
   */
  String get(ChaosNode node, String key) throws IOException, InterruptedException;

  /** Has a node make a change as the owner of its key, as another node would ask it. */
  OperationResult change(ChaosNode node, Operation operation)
      throws IOException, InterruptedException;
}
