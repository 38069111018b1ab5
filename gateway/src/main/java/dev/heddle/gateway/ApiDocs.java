package dev.heddle.gateway;

import java.io.IOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The description of everything that can be asked for here. It was merged from those of the
 * services when this was built, so that it is there when a service is not.
 */
@Configuration(proxyBeanMethods = false)
class ApiDocs {

  static final String PATH = "/api/docs";

  @Bean
  RouterFunction<ServerResponse> apiDocument() throws IOException {
    byte[] document = new ClassPathResource("api/openapi.json").getContentAsByteArray();
    String etag = '"' + DigestUtils.md5DigestAsHex(document) + '"';
    return RouterFunctions.route()
        .GET(
            PATH,
            request ->
                request
                    .checkNotModified(etag)
                    .orElseGet(() ->
                        ServerResponse.ok()
                            .contentType(MediaType.APPLICATION_JSON)
                            .cacheControl(CacheControl.noCache())
                            .eTag(etag)
                            .body(document)))
        .build();
  }
}
