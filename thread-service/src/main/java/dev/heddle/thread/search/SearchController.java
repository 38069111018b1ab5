package dev.heddle.thread.search;

import dev.heddle.rest.Page;
import dev.heddle.rest.ProblemException;
import dev.heddle.rest.Refuses;
import dev.heddle.thread.PageLimit;
import dev.heddle.thread.StorableText;
import dev.heddle.thread.ThreadError;
import dev.heddle.thread.project.Projects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The search over HTTP. */
@RestController
class SearchController {

  private final Search search;
  private final Projects projects;

  SearchController(Search search, Projects projects) {
    this.search = search;
    this.projects = projects;
  }

  /**
   * Finds titles and messages in which all of some words stand, the newest first. A word is found
   * by its beginning, in any case; signs between words do not matter.
   *
   * @param q the words
   * @param project the id or name of the project to look in
   */
  @GetMapping("/api/search")
  @Refuses({"invalid_query", "unknown_project", "invalid_text", "invalid_limit"})
  Page<SearchHit> search(
      @RequestParam(required = false) @Nullable String q,
      @RequestParam(required = false) @Nullable String project,
      @RequestParam(required = false) @Nullable String cursor,
      @PageLimit.Described @RequestParam(required = false) @Nullable Integer limit) {
    if (q == null || q.isBlank()) {
      throw new ProblemException(ThreadError.INVALID_QUERY, "say in q what to look for");
    }
    return search.page(
        SearchWords.of(StorableText.require("q", q)),
        project == null ? null : projects.require(project).id(),
        cursor,
        PageLimit.of(limit));
  }
}
