package dev.heddle.session.attempt;

import dev.heddle.contracts.OnLost;
import dev.heddle.contracts.ProjectId;
import dev.heddle.session.project.Project;
import dev.heddle.session.project.Projects;
import dev.heddle.session.session.RetryPolicy;
import dev.heddle.session.session.Session;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;

/** What the projects of some sessions want after a loss; what is unknown is resumed. */
@Component
class RetryPolicies {

  private final Projects projects;
  private final RetrySettings settings;

  RetryPolicies(Projects projects, RetrySettings settings) {
    this.projects = projects;
    this.settings = settings;
  }

  Map<ProjectId, RetryPolicy> of(Collection<Session> sessions) {
    Map<ProjectId, RetryPolicy> policies = new HashMap<>();
    for (Session session : sessions) {
      policies.put(session.request().project().id(), policy(OnLost.RESUME));
    }
    for (Project project : projects.findAll(policies.keySet()).values()) {
      policies.put(project.ref().id(), policy(project.onLost()));
    }
    return policies;
  }

  private RetryPolicy policy(OnLost onLost) {
    return new RetryPolicy(settings.maxAttempts(), onLost, settings.pause());
  }
}
