package dev.heddle.apidocs;

import dev.heddle.security.Caller;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.providers.JavadocProvider;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.util.function.SingletonSupplier;

/** Describes the service whose tests run. It is on no class path but that of tests. */
@AutoConfiguration(
    beforeName = {
      "org.springdoc.core.configuration.SpringDocConfiguration",
      "org.springdoc.core.configuration.SpringDocJavadocConfiguration"
    })
@ConditionalOnClass(name = "org.springdoc.webmvc.api.OpenApiWebMvcResource")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
final class OpenApiAutoConfiguration {

  private static final String SCHEME = "token";

  OpenApiAutoConfiguration() {
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
  }

  /** Read when they are first asked for, since most tests of a service never do. */
  private static final Supplier<SourceDocs> DOCS =
      SingletonSupplier.of(() -> SourceDocs.of(module(), "infra/contracts", "infra/rest"));

  private static String module() {
    return CommittedFile.root().relativize(Path.of("").toAbsolutePath()).toString();
  }

  @Bean
  JavadocProvider sourceJavadoc() {
    return new JavadocDescriptions(DOCS);
  }

  @Bean
  OpenAPI frame(@Value("${spring.application.name}") String service) {
    return new OpenAPI()
        .info(
            new Info()
                .title("Heddle " + service)
                .version("1")
                .license(
                    new License()
                        .name("Apache-2.0")
                        .url("https://www.apache.org/licenses/LICENSE-2.0")))
        .components(
            new Components()
                .addSecuritySchemes(
                    SCHEME,
                    new SecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .description("The token that the gateway knows the caller by.")))
        .security(List.of(new SecurityRequirement().addList(SCHEME)));
  }

  @Bean
  RecordSchemas recordSchemas() {
    return new RecordSchemas(DOCS);
  }

  @Bean
  GlobalOperationCustomizer conventions() {
    return new Conventions(new ProblemCodes());
  }

  @Bean
  GlobalOpenApiCustomizer finish(RecordSchemas records) {
    return new Finish(records);
  }
}
