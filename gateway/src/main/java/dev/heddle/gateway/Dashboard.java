package dev.heddle.gateway;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.util.DigestUtils;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Serves the dashboard, which the build left in this jar. Its files hold no data, so nobody needs
 * to be signed in to load them. What is below {@code /assets/} carries its hash in its name and may
 * be kept for ever; all else is asked for again. The address of a page is answered with the one
 * document, whose script knows the page.
 */
@Configuration(proxyBeanMethods = false)
class Dashboard {
  /** First steps of the addresses of pages; anything else that is no file is not found. */
  static final List<String> PAGES =
      List.of("threads", "sessions", "projects", "machines", "metrics", "search", "sign-in");

  /** Scripts, styles and connections of our own only; nothing inline, no frames, no forms out. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'";

  private static final String ROOT = "/dashboard/";
  private static final String INDEX = "index.html";

  private record File(ByteArrayResource content, MediaType type, String etag, CacheControl keep) {}

  /** The patterns of what is served here, for whoever has to let them through. */
  static String[] patterns() {
    return new String[] {
      "/",
      "/index.html",
      "/favicon.svg",
      "/icon-192.png",
      "/icon-512.png",
      "/icon-maskable-512.png",
      "/manifest.webmanifest",
      "/assets/**"
    };
  }

  /** The same of the addresses of pages. */
  static String[] pages() {
    return PAGES.stream()
        .flatMap(page -> Stream.of("/" + page, "/" + page + "/**"))
        .toArray(String[]::new);
  }

  @Bean
  RouterFunction<ServerResponse> dashboardFiles() throws IOException {
    Map<String, File> files = load();
    RouterFunctions.Builder routes = RouterFunctions.route();
    for (String file : patterns()) {
      if (!file.equals("/")) {
        routes.GET(file, request -> file(request, files.get(request.path().substring(1))));
      }
    }
    routes.GET("/", request -> file(request, files.get(INDEX)));
    for (String page : pages()) {
      routes.GET(page, request -> file(request, files.get(INDEX)));
    }
    return routes.build();
  }

  private static ServerResponse file(ServerRequest request, @Nullable File file) {
    if (file == null) {
      return ServerResponse.notFound().build();
    }
    // The answer of checkNotModified would have the policy of the API, which a browser takes for
    // the
    // page that it has.
    boolean known = request.checkNotModified(file.etag()).isPresent();
    ServerResponse.BodyBuilder answer =
        ServerResponse.status(known ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
            .cacheControl(file.keep())
            .eTag(file.etag())
            .header("Content-Security-Policy", POLICY);
    return known ? answer.build() : answer.contentType(file.type()).body(file.content());
  }

  /** All of it, some megabyte: no path of a request is ever looked up in the file system. */
  private static Map<String, File> load() throws IOException {
    Map<String, File> files = new HashMap<>();
    for (Resource resource :
        new PathMatchingResourcePatternResolver().getResources("classpath*:dashboard/**")) {
      String url = resource.getURL().toString();
      if (!resource.isReadable() || url.endsWith("/")) {
        continue;
      }
      String path = url.substring(url.lastIndexOf(ROOT) + ROOT.length());
      byte[] bytes = resource.getContentAsByteArray();
      files.put(
          path,
          new File(
              new ByteArrayResource(bytes),
              type(path),
              // Weak, since the server compresses nothing that is strong.
              "W/\"" + DigestUtils.md5DigestAsHex(bytes) + '"',
              path.startsWith("assets/")
                  ? CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable()
                  : CacheControl.noCache()));
    }
    return Map.copyOf(files);
  }

  private static MediaType type(String path) {
    if (path.endsWith(".html")) {
      return MediaType.parseMediaType("text/html;charset=UTF-8");
    }
    if (path.endsWith(".webmanifest")) {
      return MediaType.parseMediaType("application/manifest+json");
    }
    return MediaTypeFactory.getMediaType(path).orElse(MediaType.APPLICATION_OCTET_STREAM);
  }
}
