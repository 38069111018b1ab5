package dev.heddle.worker.claim;

import dev.heddle.contracts.Ids;
import dev.heddle.messaging.Parking;
import dev.heddle.messaging.TopicProvisioner;
import dev.heddle.worker.broker.KafkaClients;
import dev.heddle.worker.engine.Discovery;
import dev.heddle.worker.engine.Engines;
import dev.heddle.worker.machine.Home;
import dev.heddle.worker.machine.WorkerProperties;
import dev.heddle.worker.process.BootClock;
import dev.heddle.worker.run.Runs;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.apache.kafka.clients.producer.Producer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts together what takes offers and orders. */
@Configuration(proxyBeanMethods = false)
class ClaimConfiguration {

  @Bean
  Duty duty() {
    return new Duty();
  }

  @Bean
  Ledger ledger(WorkerProperties properties, Home home, Ids ids, Clock clock, BootClock boot) {
    return new Ledger(
        properties.machineId(),
        home.incarnation(),
        properties.slots(),
        properties.guardTimes(),
        ids,
        clock,
        boot);
  }

  @Bean
  Claims claims(
      WorkerProperties properties,
      Home home,
      Ledger ledger,
      Duty duty,
      Engines engines,
      @Qualifier("promptProducer") Producer<String, byte[]> producer,
      Ids ids,
      Clock clock,
      MeterRegistry meters) {
    return new Claims(
        ledger,
        duty,
        engines,
        new Claims.Capability(
            properties.machineId(), home.incarnation(), properties.pool(), properties.labelMap()),
        producer,
        ids,
        clock,
        meters);
  }

  @Bean
  ControlLoop controlLoop(
      WorkerProperties properties,
      Home home,
      Claims claims,
      Ledger ledger,
      Runs runs,
      Duty duty,
      Discovery discovery,
      KafkaClients clients,
      Parking parking,
      MeterRegistry meters) {
    ControlDesk desk =
        new ControlDesk(claims, ledger, runs, duty, discovery, home.hostId(), meters);
    return new ControlLoop(clients, parking, desk, home, properties.machineId().value());
  }

  @Bean
  DispatchLoop dispatchLoop(
      WorkerProperties properties,
      KafkaClients clients,
      TopicProvisioner provisioner,
      Parking parking,
      Claims claims,
      Ledger ledger,
      Duty duty) {
    DispatchLoop loop =
        new DispatchLoop(clients, provisioner, parking, claims, ledger, duty, properties.pool());
    duty.onChange(loop::leaveGroup);
    return loop;
  }

  @Bean
  ClaimService claimService(
      WorkerProperties properties, Claims claims, DispatchLoop dispatch, ControlLoop control) {
    return new ClaimService(properties.claimResend(), claims, dispatch, control);
  }
}
