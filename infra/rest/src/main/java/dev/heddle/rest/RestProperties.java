package dev.heddle.rest;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits of the door.
 *
 * @param maxBody the largest request body that is read
 */
@ConfigurationProperties("heddle.rest")
record RestProperties(@DefaultValue("1MB") DataSize maxBody) {
  RestProperties {
    if (maxBody.toBytes() < 1) {
      throw new IllegalArgumentException("heddle.rest.max-body must be positive, is " + maxBody);
    }
  }
}
