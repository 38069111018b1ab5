package dev.heddle.thread.transfer;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How threads come from other installations.
 *
 * @param maxImport the largest document that is taken; default 32 MB
 */
@ConfigurationProperties("heddle.thread.transfer")
record TransferProperties(@DefaultValue("32MB") DataSize maxImport) {

  TransferProperties {
    if (maxImport.toBytes() < 1) {
      throw new IllegalArgumentException(
          "heddle.thread.transfer.max-import must be positive, but is " + maxImport);
    }
  }
}
