package dev.heddle.rest;

import org.springframework.util.unit.DataSize;

/**
 * An operation whose body may be larger than {@code heddle.rest.max-body}; each is a bean.
 *
 * @param path the whole path of it, as clients write it
 * @param max the largest body there
 */
public record LargerBody(String path, DataSize max) {}
