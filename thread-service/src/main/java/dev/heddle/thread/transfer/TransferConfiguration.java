package dev.heddle.thread.transfer;

import dev.heddle.rest.LargerBody;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets documents of whole threads in. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TransferProperties.class)
class TransferConfiguration {

  @Bean
  LargerBody importedThread(TransferProperties properties) {
    return new LargerBody("/api/threads/import", properties.maxImport());
  }
}
