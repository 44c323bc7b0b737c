/**
 * The configuration of a standalone node: {@link io.dawncache.node.config.NodeKeys} and {@link
 * io.dawncache.node.config.GroupKeys} are the tables of all keys, and everything else reads them.
 * {@link io.dawncache.node.config.ConfigReader} lays a file, the environment and flags over each
 * other; {@link io.dawncache.node.config.ConfigText} prints what is in force, {@link
 * io.dawncache.node.config.ConfigSchema} and {@link io.dawncache.node.config.KeyPage} describe the
 * file to editors and readers, and {@link io.dawncache.node.config.ConfigWatch} notices edits.
 */
@NullMarked
package io.dawncache.node.config;

import org.jspecify.annotations.NullMarked;
