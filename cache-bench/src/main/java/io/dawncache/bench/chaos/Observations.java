package io.dawncache.bench.chaos;

/**
 * What was seen of a run, by its clients, its origin and those who watch the nodes: all that its
 * findings and its timeline are made of.
 *
 * @param keys the keys that clients ask for
 * @param answers what became of the clients' requests
 * @param loads what the origin was asked for
 * @param sights what the nodes said of themselves
 */
record Observations(Keys keys, Answers answers, Loads loads, Sights sights) {}
