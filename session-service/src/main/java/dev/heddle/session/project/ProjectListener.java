package dev.heddle.session.project;

import dev.heddle.contracts.ProjectChanged;
import dev.heddle.messaging.Inbound;
import dev.heddle.messaging.Received;
import dev.heddle.session.ReleaseDue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Follows {@code project.changed}; a limit that was raised lets sessions start. */
@Component
class ProjectListener {

  private final Inbound inbound;
  private final Projects projects;
  private final ApplicationEventPublisher signals;

  ProjectListener(Inbound inbound, Projects projects, ApplicationEventPublisher signals) {
    this.inbound = inbound;
    this.projects = projects;
    this.signals = signals;
  }

  @KafkaListener(
      groupId = "session-service.projects",
      topics = "#{T(dev.heddle.contracts.Topics).PROJECT_CHANGED.name()}")
  void onChanged(List<ConsumerRecord<String, byte[]>> records) {
    inbound.handle(records, ProjectChanged.class, this::follow);
  }

  private void follow(List<Received<ProjectChanged>> batch) {
    Map<Object, ProjectChanged> newest = new LinkedHashMap<>();
    for (Received<ProjectChanged> received : batch) {
      ProjectChanged change = received.value();
      newest.merge(change.projectId(), change, (a, b) -> b.version() >= a.version() ? b : a);
    }
    projects.follow(List.copyOf(newest.values()));
    signals.publishEvent(new ProjectArrivals.Arrived());
    signals.publishEvent(new ReleaseDue());
  }
}
