package dev.heddle.rest;

import dev.heddle.testkit.TestPostgres;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;

/** The one Spring context of this module's tests: a small service on a real database. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    classes = SmallService.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.flyway.locations=classpath:db/rest,classpath:db/test",
      "spring.jpa.hibernate.ddl-auto=validate",
      "spring.jpa.open-in-view=false",
      "spring.datasource.hikari.maximum-pool-size=20",
      "spring.threads.virtual.enabled=true",
      "spring.jackson.deserialization.fail-on-unknown-properties=true",
      "heddle.rest.max-body=10KB"
    })
@ContextConfiguration(initializers = RestTest.OwnDatabase.class)
@interface RestTest {

  final class OwnDatabase implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
      TestPostgres.Database database = TestPostgres.database("rest");
      TestPropertyValues.of(
              "spring.datasource.url=" + database.jdbcUrl(),
              "spring.datasource.username=" + database.username(),
              "spring.datasource.password=" + database.password(),
              "spring.flyway.default-schema=" + database.schema())
          .applyTo(context);
    }
  }
}
