package dev.heddle.thread.conversation;

import dev.heddle.contracts.EngineSpec;
import dev.heddle.contracts.MachineId;
import dev.heddle.contracts.PermissionPosture;
import dev.heddle.contracts.Requirements;
import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import java.util.List;
import java.util.Map;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/**
 * What the next turn of a thread runs with; made by {@link SettingsInput#checked}.
 *
 * @param command the argument vector of the {@code command} engine; empty for its default
 * @param machine the one machine that may run it; null for any
 * @param labels that the machine must carry
 * @param permission what the engine may do without asking; null for what the project says
 */
@Embeddable
public record TurnSettings(
    @Column(nullable = false) String engine,
    @Column @Nullable String model,
    @Column @Nullable String mode,
    @Column @Nullable String effort,
    @JdbcTypeCode(SqlTypes.JSON) @Column(nullable = false) List<String> command,
    @Column(nullable = false) String pool,
    @Column @Nullable String machine,
    @JdbcTypeCode(SqlTypes.JSON) @Column(nullable = false) Map<String, String> labels,
    @Enumerated(EnumType.STRING) @Column @Nullable PermissionPosture permission) {

  public EngineSpec engineSpec() {
    return new EngineSpec(engine, model, mode, effort, command, permission);
  }

  /** For a copy: who wants an engine that asks for nothing says so of each thread. */
  public TurnSettings copied() {
    return new TurnSettings(
        engine,
        model,
        mode,
        effort,
        command,
        pool,
        machine,
        labels,
        permission == PermissionPosture.FULL ? null : permission);
  }

  public Requirements requirements() {
    return new Requirements(engine, pool, machine == null ? null : new MachineId(machine), labels);
  }
}
